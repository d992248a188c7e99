import { newRequestId, type RequestId, type SandboxId } from '../../runtime/kernel/ids.ts'
import { type Random, seededRandom } from '../../runtime/kernel/random.ts'
import { Scheduler, type SchedulerOptions } from '../../runtime/scheduler/scheduler.ts'
import type { SchedulerAction, SchedulerEvent } from '../../runtime/scheduler/scheduler-events.ts'
import { Deployments } from './deployments.ts'

/** What a sandbox is doing for the scheduler; it completes at an instant and in a way drawn by chance. */
interface Act {
  readonly kind: 'start' | 'dispatch' | 'reset' | 'stop' | 'freeze'
  /** A reset is ending it. */
  readonly interrupted?: boolean
  readonly sandboxId: SandboxId
  readonly requestId: RequestId | undefined
}

/**
 * A world around the scheduler in which everything that may happen does: inits fail, runtimes crash
 * and hang, timers race with answers, machines fail sandboxes, functions are deployed again and
 * sandboxes evicted at any moment.
 * It checks each action against what must always hold. One seed is one history.
 */
export class SchedulerWorld {
  readonly scheduler: Scheduler
  readonly trace: string[] = []
  readonly finished = new Map<RequestId, string>()
  readonly #random: Random
  readonly #options: SchedulerOptions
  readonly #arrived = new Set<RequestId>()
  readonly #acts: Act[] = []
  readonly #timers = new Map<string, { event: SchedulerEvent; atUs: number }>()
  readonly #live = new Set<SandboxId>()
  readonly #serving = new Map<SandboxId, RequestId>()
  readonly #deployments = new Deployments()
  #nowUs = 0

  constructor(seed: number) {
    this.#random = seededRandom(seed)
    const upTo = (most: number): number => 1 + Math.floor(this.#random.next() * most)
    this.#options = {
      accountLimit: upTo(8),
      maxSandboxes: upTo(8) + 2,
      maxParallelStarts: upTo(4),
      initTimeoutUs: 10_000,
      idleTimeoutUs: 50_000,
      freezeDelayUs: 500,
      random: seededRandom(seed + 1),
    }
    this.scheduler = new Scheduler(this.#options)
    this.#deploy('a', undefined)
    this.#deploy('b', upTo(3))
    this.#deploy('c', 0)
  }

  /** Lets one thing happen. */
  step(): void {
    this.#nowUs += Math.floor(this.#random.next() * 400)
    const dice = this.#random.next()
    if (dice < 0.3) this.#arrive()
    else if (dice < 0.32) this.#apply({ type: 'evictRequested', functionKey: this.#someFunction() })
    else if (dice < 0.325) this.#apply({ type: 'evictRequested', functionKey: undefined })
    else if (dice < 0.335) this.#deploy(this.#someFunction(), this.#someReservation())
    else if (dice < 0.4) this.#someSandboxBreaks()
    else if (dice < 0.55) this.#fireDueTimers()
    else this.#completeSome()
  }

  /** No more arrivals: everything that runs must come to an end. */
  drain(): void {
    for (let turn = 0; this.#acts.length > 0 || this.#serving.size > 0; turn += 1) {
      if (turn > 10_000) throw new Error(`does not drain: ${JSON.stringify(this.#acts)}`)
      this.#completeSome()
      this.#nowUs += 100
      this.#fireDueTimers()
    }
  }

  close(): void {
    this.#apply({ type: 'closeRequested' })
    this.drain()
  }

  /** Starts as many at once as may start: fewer than allowed if a slot was lost before. */
  startsAtOnce(): number {
    this.drain()
    this.#deploy('d', undefined)
    for (let count = 0; count < this.#options.accountLimit; count += 1) this.#arrive('d', true)
    return this.#starting()
  }

  /** How many must start at once, where all that the account has is free. */
  get mostStartsAtOnce(): number {
    return Math.min(
      this.#options.maxParallelStarts,
      this.#deployments.unreservedPool(this.#options),
    )
  }

  get arrivedCount(): number {
    return this.#arrived.size
  }

  get liveSandboxes(): number {
    return this.#live.size
  }

  /** Timers of the scheduler's that are still set. */
  get pendingTimers(): number {
    return [...this.#timers.values()].filter(({ event }) => event.type === 'timerFired').length
  }

  #arrive(functionKey = this.#someFunction(), forceCold = this.#random.next() < 0.1): void {
    const requestId = newRequestId(this.#random)
    this.#arrived.add(requestId)
    this.#apply({ type: 'invocationArrived', requestId, functionKey, forceCold })
  }

  #deploy(key: string, reservedConcurrency: number | undefined): void {
    const timeoutUs = 1_000 + Math.floor(this.#random.next() * 4_000)
    this.#apply({ type: 'functionDeployed', facts: { key, timeoutUs, reservedConcurrency } })
  }

  #someFunction(): string {
    return 'abc'[Math.floor(this.#random.next() * 3)] as string
  }

  #someReservation(): number | undefined {
    const drawn = Math.floor(this.#random.next() * 5)
    return drawn === 4 ? undefined : drawn
  }

  #someSandboxBreaks(): void {
    const ids = [...this.#live]
    const sandboxId = ids[Math.floor(this.#random.next() * ids.length)]
    if (sandboxId === undefined) return
    if (this.#random.next() < 0.3) this.#apply({ type: 'failed', sandboxId })
    else if (!this.#serving.has(sandboxId)) this.#apply({ type: 'exitedIdle', sandboxId })
  }

  #fireDueTimers(): void {
    for (const [name, { event, atUs }] of [...this.#timers]) {
      if (atUs > this.#nowUs || !this.#timers.has(name)) continue
      this.#timers.delete(name)
      this.#apply(event)
    }
  }

  #completeSome(): void {
    if (this.#acts.length === 0) return
    const index = Math.floor(this.#random.next() * this.#acts.length)
    const picked = this.#acts[index] as Act
    // What a reset interrupts comes to its end before the reset does.
    const act = this.#acts.find((other) => isInterruptedBy(picked, other)) ?? picked
    this.#acts.splice(this.#acts.indexOf(act), 1)
    for (const event of this.#outcomeOf(act)) this.#apply(event)
  }

  #outcomeOf({ kind, sandboxId, requestId, interrupted }: Act): SchedulerEvent[] {
    const dice = this.#random.next()
    switch (kind) {
      case 'start':
        // One that is being ended may have been ready a moment before.
        if (interrupted) return [{ type: dice < 0.2 ? 'started' : 'startFailed', sandboxId }]
        return [{ type: dice < 0.7 ? 'started' : 'startFailed', sandboxId }]
      case 'dispatch':
        if (requestId === undefined) return []
        if (interrupted ? dice < 0.8 : dice < 0.2) {
          return [{ type: 'runtimeExited', sandboxId, requestId }]
        }
        return [{ type: 'responded', sandboxId, requestId, reusable: dice < 0.9 }]
      case 'reset':
        return [{ type: 'wasReset', sandboxId }]
      case 'stop':
        return [{ type: 'stopped', sandboxId }]
      case 'freeze':
        return []
    }
  }

  #apply(event: SchedulerEvent): void {
    this.trace.push(`${this.#nowUs} ${JSON.stringify(event)}`)
    this.#deployments.hear(event)
    for (const action of this.scheduler.apply(event, this.#nowUs)) {
      this.trace.push(`  ${JSON.stringify(action)}`)
      this.#check(action)
    }
    if (event.type === 'stopped') this.#live.delete(event.sandboxId)
    this.#checkBounds()
  }

  #check(action: SchedulerAction): void {
    this.#deployments.check(action, this.#nowUs)
    switch (action.type) {
      case 'create':
        this.#live.add(action.sandboxId)
        return
      case 'assign':
        if (this.#serving.has(action.sandboxId)) throw new Error('two invocations in one sandbox')
        this.#serving.set(action.sandboxId, action.requestId)
        return
      case 'start':
      case 'dispatch':
        if (this.#serving.get(action.sandboxId) !== action.requestId) {
          throw new Error(`${action.type} for an invocation that is not assigned`)
        }
        this.#acts.push({ ...action, kind: action.type })
        return
      case 'reset':
      case 'stop':
        this.#interrupt(action.sandboxId, action.type)
        this.#acts.push({ kind: action.type, sandboxId: action.sandboxId, requestId: undefined })
        return
      case 'finish':
      case 'throttle':
        return this.#finish(action.requestId, action.type === 'finish' ? action.how : 'throttled')
      case 'setTimer':
        this.#timers.set(JSON.stringify(action.timer), {
          event: { type: 'timerFired', timer: action.timer },
          atUs: action.atUs,
        })
        return
      case 'clearTimer':
        this.#timers.delete(JSON.stringify(action.timer))
        return
    }
  }

  /** A reset makes what runs in the sandbox end; after a stop the end may be heard of late, or never. */
  #interrupt(sandboxId: SandboxId, by: 'reset' | 'stop'): void {
    for (const act of this.#acts.splice(0)) {
      const { kind, requestId } = act
      if (act.sandboxId !== sandboxId || kind === 'stop') this.#acts.push(act)
      else if (by === 'reset') this.#acts.push({ ...act, interrupted: true })
      else if (kind === 'start') this.#late({ type: 'startFailed', sandboxId })
      else if (kind === 'dispatch' && requestId !== undefined) {
        this.#late({ type: 'runtimeExited', sandboxId, requestId })
      }
    }
  }

  #late(event: SchedulerEvent): void {
    const atUs = this.#nowUs + Math.floor(this.#random.next() * 50)
    this.#timers.set(`late ${this.#random.hex(8)}`, { event, atUs })
  }

  #finish(requestId: RequestId, how: string): void {
    if (!this.#arrived.has(requestId)) throw new Error(`finished before it arrived: ${requestId}`)
    if (this.finished.has(requestId)) throw new Error(`finished twice: ${requestId}`)
    this.finished.set(requestId, how)
    for (const [sandboxId, served] of this.#serving) {
      if (served === requestId) this.#serving.delete(sandboxId)
    }
  }

  #checkBounds(): void {
    if (this.#starting() > this.#options.maxParallelStarts)
      throw new Error('too many starts at once')
    if (this.scheduler.inFlight() > this.#options.accountLimit) throw new Error('over the limit')
    if (this.scheduler.inFlight() !== this.#serving.size) throw new Error('the ledger is wrong')
  }

  #starting(): number {
    return this.#acts.filter((act) => act.kind === 'start' && !act.interrupted).length
  }
}

const isInterruptedBy = (reset: Act, other: Act): boolean =>
  reset.kind === 'reset' && other.interrupted === true && other.sandboxId === reset.sandboxId
