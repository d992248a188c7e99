import { newRequestId, type RequestId, type SandboxId } from '../../runtime/kernel/ids.ts'
import { type Random, seededRandom } from '../../runtime/kernel/random.ts'
import { Scheduler } from '../../runtime/scheduler/scheduler.ts'
import type {
  SchedulerAction,
  SchedulerEvent,
  VersionKey,
} from '../../runtime/scheduler/scheduler-events.ts'
import type { SchedulerOptions } from '../../runtime/scheduler/scheduler-options.ts'
import { chance, drawnRules, FOOTPRINT_MB, upTo } from './drawn-rules.ts'
import { Reached } from './reached.ts'
import { SchedulerChecks } from './scheduler-checks.ts'
import { type Act, nameOf, UnderWay } from './under-way.ts'

const FUNCTIONS = ['a', 'b', 'c'] as const
const VERSIONS = ['$LATEST', '1'] as const
const MINUTE_US = 60_000_000

/**
 * A world around the scheduler in which everything that may happen does: inits fail, runtimes crash
 * and hang, timers race with answers, machines fail sandboxes, memory grows, functions are deployed
 * again, limits change and sandboxes are evicted at any moment. One seed is one history: it draws the
 * rules, the workload and the faults. Each action is checked against what must always hold.
 */
export class SchedulerWorld {
  readonly scheduler: Scheduler
  readonly trace: string[] = []
  readonly finished = new Map<RequestId, string>()
  readonly reached = new Reached()
  readonly rules: SchedulerOptions
  readonly #random: Random
  readonly #checks: SchedulerChecks
  readonly #underWay = new UnderWay()
  readonly #arrived = new Set<RequestId>()
  /** Whether now and then minutes pass. */
  readonly #isLong: boolean
  /** Whether minutes pass before nearly every invocation, so that the next can be foreseen. */
  readonly #isRegular: boolean
  #areFaultsOver = false
  #nowUs = 0

  constructor(seed: number) {
    this.#random = seededRandom(seed)
    this.rules = drawnRules(this.#random, seed)
    const isHybrid = this.rules.keepAlive.kind === 'hybrid'
    this.#isLong = isHybrid || chance(this.#random, 0.2)
    this.#isRegular = isHybrid && chance(this.#random, 0.6)
    this.scheduler = new Scheduler(this.rules)
    this.#checks = new SchedulerChecks(this.scheduler, this.rules)
    for (const name of FUNCTIONS) for (const version of VERSIONS) this.#deploy(name, version)
    this.#reserve('b', upTo(this.#random, 3))
    if (chance(this.#random, 0.3)) this.#reserve('c', 0)
  }

  /** Lets one thing happen. */
  step(): void {
    this.#pass()
    const dice = this.#random.next()
    if (dice < 0.3) this.#comesNext()
    else if (dice < 0.33) this.#apply({ type: 'evictRequested', of: this.#someScope() })
    else if (dice < 0.34) this.#deploy(this.#someFunction(), this.#someVersion())
    else if (dice < 0.35) this.#reserve(this.#someFunction(), this.#someReservation())
    else if (dice < 0.365) this.#hold('provisionedChanged', upTo(this.#random, 4) - 1)
    else if (dice < 0.375) this.#hold('keepWarmChanged', upTo(this.#random, 3) - 1)
    else if (dice < 0.39) this.#someSandboxGrows()
    else if (dice < 0.43) this.#someSandboxBreaks()
    else if (dice < 0.56) this.#fireDueTimers()
    else this.#completeSome()
  }

  /** No more arrivals and no more faults: everything that runs must come to an end. */
  drain(): void {
    this.#areFaultsOver = true
    for (let turn = 0; this.#underWay.size > 0 || this.#checks.serving.size > 0; turn += 1) {
      if (turn > 20_000) throw new Error(`does not drain: ${this.#underWay.text}`)
      this.#completeSome()
      this.#nowUs += 100
      this.#fireDueTimers()
    }
    this.#areFaultsOver = false
  }

  /** What is held ready is there, or is known not to be. */
  settle(): void {
    this.#checks.watchPools()
    for (let turn = 0; !this.#checks.arePoolsSettled; turn += 1) {
      if (turn > 1_000) throw new Error('a pool never settles')
      this.drain()
      this.#nowUs += 100_000
      this.#fireDueTimers()
    }
  }

  close(): void {
    this.#apply({ type: 'closeRequested' })
    this.drain()
    this.#checks.account.checkWindows()
  }

  /** Starts as many at once as may start: fewer than allowed if a slot was lost before. */
  startsAtOnce(): number {
    for (const name of FUNCTIONS) {
      for (const version of VERSIONS) {
        const versionKey = `${name}:${version}`
        this.#apply({ type: 'provisionedChanged', versionKey, count: 0 })
        this.#apply({ type: 'keepWarmChanged', versionKey, count: 0 })
      }
    }
    this.drain()
    this.#apply({ type: 'evictRequested', of: {} })
    this.drain()
    // What the rates have given is there again.
    this.#nowUs += 20_000_000
    this.#deploy('d', '$LATEST')
    for (let count = 0; count < this.rules.accountLimit; count += 1) this.#arrive('d:$LATEST', true)
    return this.#underWay.starting
  }

  /** How many must start at once, where all that the account and the machine have is free. */
  get mostStartsAtOnce(): number {
    const { maxParallelStarts, memoryBudgetMb, rates } = this.rules
    return Math.min(
      maxParallelStarts,
      this.#checks.account.unreservedPool,
      Math.floor(memoryBudgetMb / FOOTPRINT_MB),
      rates.environmentsPer10s,
      rates.callerRequestsPerSecond,
    )
  }

  get arrivedCount(): number {
    return this.#arrived.size
  }

  get liveSandboxes(): number {
    return this.#checks.live.size
  }

  /** Timers of the scheduler's that are still set. */
  get pendingTimers(): number {
    return this.#underWay.timers.filter(({ event }) => event.type === 'timerFired').length
  }

  #pass(): void {
    if (this.#isLong && chance(this.#random, 0.04)) this.#passMinutes(upTo(this.#random, 3))
    this.#nowUs += Math.floor(this.#random.next() * 400)
  }

  /** Timer by timer; what goes on meanwhile mostly comes to its end in time. */
  #passMinutes(minutes: number): void {
    const untilUs = this.#nowUs + minutes * MINUTE_US
    if (chance(this.#random, 0.8)) this.#completeMost()
    for (
      let next = this.#underWay.nextTimer(untilUs);
      next;
      next = this.#underWay.nextTimer(untilUs)
    ) {
      this.#nowUs = Math.max(this.#nowUs, next.atUs)
      this.#fire(next.name)
      if (chance(this.#random, 0.5)) this.#completeMost()
    }
    this.#nowUs = untilUs
  }

  #completeMost(): void {
    for (let turn = 0; turn < 20 && this.#underWay.size > 0; turn += 1) this.#completeSome()
  }

  #comesNext(): void {
    if (!this.#isRegular || chance(this.#random, 0.05)) return this.#arrive()
    this.#passMinutes(3)
    this.#arrive(chance(this.#random, 0.8) ? 'a:$LATEST' : this.#someVersionKey())
  }

  #arrive(versionKey = this.#someVersionKey(), forceCold = chance(this.#random, 0.1)): void {
    const requestId = newRequestId(this.#random)
    this.#arrived.add(requestId)
    this.#apply({ type: 'invocationArrived', requestId, versionKey, forceCold })
  }

  #deploy(functionKey: string, version: string): void {
    const key = `${functionKey}:${version}`
    const timeoutUs = 1_000 + Math.floor(this.#random.next() * 4_000)
    const facts = { key, functionKey, timeoutUs, footprintMb: FOOTPRINT_MB }
    this.#apply({ type: 'versionDeployed', facts })
  }

  #reserve(functionKey: string, reserved: number | undefined): void {
    this.#apply({ type: 'reservationChanged', functionKey, reserved })
  }

  #hold(type: 'provisionedChanged' | 'keepWarmChanged', count: number): void {
    this.#apply({ type, versionKey: this.#someVersionKey(), count })
  }

  #someFunction(): string {
    return FUNCTIONS[Math.floor(this.#random.next() * FUNCTIONS.length)] as string
  }

  #someVersion(): string {
    return chance(this.#random, 0.7) ? '$LATEST' : '1'
  }

  #someVersionKey(): VersionKey {
    return `${this.#someFunction()}:${this.#someVersion()}`
  }

  #someReservation(): number | undefined {
    const drawn = Math.floor(this.#random.next() * 7)
    return drawn > 3 ? undefined : drawn
  }

  #someScope() {
    const sandboxId = this.#someSandbox()
    if (chance(this.#random, 0.4) && sandboxId !== undefined) return { sandboxId }
    return chance(this.#random, 0.9) ? { functionKey: this.#someFunction() } : {}
  }

  #someSandbox(): SandboxId | undefined {
    const ids = [...this.#checks.live]
    return ids[Math.floor(this.#random.next() * ids.length)]
  }

  #someSandboxGrows(): void {
    const sandboxId = this.#someSandbox()
    if (sandboxId === undefined) return
    const footprintMb = FOOTPRINT_MB + upTo(this.#random, 12)
    this.#apply({ type: 'footprintMeasured', sandboxId, footprintMb })
  }

  #someSandboxBreaks(): void {
    const sandboxId = this.#someSandbox()
    if (sandboxId === undefined) return
    if (chance(this.#random, 0.3)) this.#apply({ type: 'failed', sandboxId })
    else if (!this.#checks.serving.has(sandboxId)) this.#apply({ type: 'exitedIdle', sandboxId })
  }

  /** In any order: those of one instant may fire in every one. */
  #fireDueTimers(): void {
    for (const { name, atUs } of this.#underWay.shuffledTimers(this.#random)) {
      if (atUs <= this.#nowUs) this.#fire(name)
    }
  }

  #fire(name: string): void {
    const event = this.#underWay.takeTimer(name)
    if (event !== undefined) this.#apply(event)
  }

  #completeSome(): void {
    const act = this.#underWay.takeSome(this.#random)
    if (act === undefined) return
    for (const event of this.#outcomeOf(act)) this.#apply(event)
  }

  #outcomeOf({ kind, sandboxId, requestId, interrupted }: Act): SchedulerEvent[] {
    const dice = this.#areFaultsOver ? 0.5 : this.#random.next()
    switch (kind) {
      case 'start':
        // One that is being ended may have been ready a moment before.
        if (interrupted) return [{ type: dice < 0.2 ? 'started' : 'startFailed', sandboxId }]
        return [{ type: dice < 0.8 ? 'started' : 'startFailed', sandboxId }]
      case 'dispatch':
        if (requestId === undefined) return []
        if (interrupted ? dice < 0.8 : dice < 0.15) {
          return [{ type: 'runtimeExited', sandboxId, requestId }]
        }
        return [{ type: 'responded', sandboxId, requestId, reusable: dice < 0.92 }]
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
    this.reached.event(event)
    this.#checks.before(event, this.#nowUs)
    const actions = this.scheduler.apply(event, this.#nowUs)
    for (const action of actions) {
      this.trace.push(`  ${JSON.stringify(action)}`)
      this.reached.action(action)
      this.#checks.action(action, this.#nowUs)
      this.#carryOut(action)
    }
    this.#checks.after(event, this.#underWay, this.#nowUs)
    for (const action of actions) if (action.type === 'stop') this.#hasNoTimer(action.sandboxId)
    if (this.#underWay.starting > this.rules.maxParallelStarts) throw new Error('too many starts')
  }

  #hasNoTimer(sandboxId: SandboxId): void {
    for (const kind of ['init', 'deadline', 'freeze', 'idle'] as const) {
      if (this.#underWay.timerAtUs(nameOf({ kind, sandboxId })) !== undefined) {
        throw new Error(`stopped with its ${kind} timer set`)
      }
    }
  }

  #carryOut(action: SchedulerAction): void {
    switch (action.type) {
      case 'start':
      case 'dispatch':
      case 'freeze':
        return this.#underWay.begin({ requestId: undefined, ...action, kind: action.type })
      case 'reset':
      case 'stop':
        for (const event of this.#underWay.interrupt(action.sandboxId, action.type)) {
          this.#underWay.setTimer(
            `late ${this.#random.hex(8)}`,
            event,
            this.#nowUs + upTo(this.#random, 50),
          )
        }
        return this.#underWay.begin({
          kind: action.type,
          sandboxId: action.sandboxId,
          requestId: undefined,
        })
      case 'finish':
        return this.#finish(action.requestId, action.how)
      case 'throttle':
        return this.#finish(action.requestId, 'throttled')
      case 'refuse':
        return this.#finish(action.requestId, 'refused')
      case 'setTimer': {
        const { timer, atUs } = action
        return this.#underWay.setTimer(nameOf(timer), { type: 'timerFired', timer }, atUs)
      }
      case 'clearTimer':
        this.#underWay.takeTimer(nameOf(action.timer))
        return
      default:
    }
  }

  #finish(requestId: RequestId, how: string): void {
    if (!this.#arrived.has(requestId)) throw new Error(`finished before it arrived: ${requestId}`)
    if (this.finished.has(requestId)) throw new Error(`finished twice: ${requestId}`)
    this.finished.set(requestId, how)
  }
}
