import type { FunctionVersion } from '../functions/function-version.ts'
import type { Clock, TimerHandle } from '../kernel/clock.ts'
import { SandlotError } from '../kernel/errors.ts'
import type { RequestId, SandboxId } from '../kernel/ids.ts'
import { invariant, unreachable } from '../kernel/invariant.ts'
import type { GuardedSandbox, GuardObserver } from '../sandbox/guarded-sandbox.ts'
import { resourceLimits } from '../sandbox/resource-limits.ts'
import type { SandboxSpec } from '../sandbox/sandbox.ts'
import type { PlatformEvent } from '../telemetry/platform-events.ts'
import { type InvocationRequest, InvocationRun } from './invocation-run.ts'
import { logStreamName } from './log-stream-name.ts'
import { SandboxRunner } from './sandbox-runner.ts'
import type { Scheduler } from './scheduler.ts'
import type { SchedulerAction, SchedulerEvent, SchedulerTimer } from './scheduler-events.ts'

export interface DriverOptions {
  readonly scheduler: Scheduler
  readonly clock: Clock
  readonly createSandbox: (spec: SandboxSpec, observer: GuardObserver) => GuardedSandbox
  readonly emit: (event: PlatformEvent) => void
  /** What INIT_START says of the runtime, such as `nodejs:20.19.0`. */
  readonly runtimeVersion: string
}

interface Waiter {
  readonly run: InvocationRun
  readonly resolve: (run: InvocationRun) => void
  readonly reject: (error: SandlotError) => void
}

/**
 * Executes what the scheduler decides on real (or simulated) sandboxes and the clock, and tells it
 * what came of it. It and the runners it keeps are the only asynchronous files of the scheduler.
 */
export class SchedulerDriver {
  readonly #options: DriverOptions
  readonly #versions = new Map<string, FunctionVersion>()
  readonly #waiters = new Map<RequestId, Waiter>()
  readonly #runners = new Map<SandboxId, SandboxRunner>()
  /** Those that were set last: also those that have fired, or were cleared. */
  readonly #timers: Record<SchedulerTimer['kind'], Map<SandboxId, TimerHandle>> = {
    init: new Map(),
    deadline: new Map(),
    freeze: new Map(),
    idle: new Map(),
  }
  readonly #inbox: SchedulerEvent[] = []
  readonly #whenGone = new Map<SandboxId, () => void>()
  #working = false
  #closing = false

  constructor(options: DriverOptions) {
    this.#options = options
  }

  /** Makes a version invocable, replacing an earlier one of the same name. */
  deploy(version: FunctionVersion): void {
    const { name: key, timeoutMs, reservedConcurrency } = version.config
    this.#versions.set(key, version)
    const facts = { key, timeoutUs: timeoutMs * 1_000, reservedConcurrency }
    this.#feed({ type: 'functionDeployed', facts })
  }

  /**
   * Runs one invocation to its end, which may be an error of the function's.
   *
   * @throws SandlotError `TooManyRequests`, `SandboxUnavailable`, `Closing`, or `ResourceConflict` for
   *   a request id that is in flight already.
   */
  invoke(request: InvocationRequest): Promise<InvocationRun> {
    if (this.#closing) return Promise.reject(closingError())
    const { requestId } = request
    if (this.#waiters.has(requestId)) return Promise.reject(duplicateError(requestId))
    const run = new InvocationRun(request)
    return new Promise((resolve, reject) => {
      this.#waiters.set(requestId, { run, resolve, reject })
      this.#feed({
        type: 'invocationArrived',
        requestId,
        functionKey: request.version.config.name,
        forceCold: request.forceCold,
      })
    })
  }

  /** Stops idle sandboxes and dooms busy ones; resolves with their number once the idle ones are gone. */
  async evict(functionKey: string | undefined): Promise<number> {
    const concerned = [...this.#options.scheduler.sandboxes()].filter(
      ({ functionKey: key, state }) =>
        state !== 'stopping' && (functionKey === undefined || key === functionKey),
    )
    this.#feed({ type: 'evictRequested', functionKey })
    const going = concerned.filter(({ state }) => state === 'stopping')
    await Promise.all(going.map(({ id }) => this.#gone(id)))
    return concerned.length
  }

  /** The runner of each live sandbox. */
  runner(id: SandboxId): SandboxRunner | undefined {
    return this.#runners.get(id)
  }

  /** Refuses new invocations, ends those that run, stops every sandbox. Safe to call twice. */
  async close(): Promise<void> {
    this.#closing = true
    const live = [...this.#runners.keys()]
    this.#feed({ type: 'closeRequested' })
    await Promise.all(live.map((id) => this.#gone(id)))
    invariant(this.#options.scheduler.inFlight() === 0, 'invocations in flight after closing')
  }

  #gone(id: SandboxId): Promise<void> {
    if (!this.#runners.has(id)) return Promise.resolve()
    const before = this.#whenGone.get(id)
    return new Promise((resolve) => {
      this.#whenGone.set(id, () => {
        before?.()
        resolve()
      })
    })
  }

  /** One event at a time: what an action causes at once waits until all actions are done. */
  #feed(event: SchedulerEvent): void {
    this.#inbox.push(event)
    if (this.#working) return
    this.#working = true
    try {
      for (let next = this.#inbox.shift(); next !== undefined; next = this.#inbox.shift()) {
        const actions = this.#options.scheduler.apply(next, this.#options.clock.nowUs())
        for (const action of actions) this.#execute(action)
        if (next.type === 'stopped') this.#forget(next.sandboxId)
      }
    } finally {
      this.#working = false
    }
  }

  #execute(action: SchedulerAction): void {
    switch (action.type) {
      case 'create':
        return this.#create(action.sandboxId, action.functionKey)
      case 'assign':
        return this.#runnerOf(action.sandboxId).assign(
          this.#waiter(action.requestId).run,
          action.why,
        )
      case 'start':
        return this.#runnerOf(action.sandboxId).start(action.phase)
      case 'dispatch':
        return this.#runnerOf(action.sandboxId).dispatch(action.deadlineUs, action.thawFirst)
      case 'freeze':
        return void this.#runnerOf(action.sandboxId).freeze()
      case 'reset':
        return void this.#runnerOf(action.sandboxId).reset(action.reason)
      case 'stop':
        return void this.#runnerOf(action.sandboxId).stop(action.reason)
      case 'throttle':
        return this.#throttle(action.requestId, action.reason)
      case 'finish':
        return this.#finish(action.requestId, action.how)
      case 'setTimer':
        return this.#setTimer(action.timer, action.atUs)
      case 'clearTimer':
        return this.#clearTimer(action.timer)
      default:
        unreachable(action, 'scheduler action')
    }
  }

  #create(id: SandboxId, functionKey: string): void {
    const { clock, createSandbox, emit, runtimeVersion } = this.#options
    const version = this.#versions.get(functionKey)
    invariant(version !== undefined, `function '${functionKey}' was not deployed`)
    const spec: SandboxSpec = {
      id,
      version,
      limits: resourceLimits(version.config),
      logStreamName: logStreamName(clock.wallMs(), version.version, id),
    }
    const feed = (event: SchedulerEvent): void => this.#feed(event)
    const runner = new SandboxRunner({ spec, clock, emit, feed, runtimeVersion, createSandbox })
    this.#runners.set(id, runner)
  }

  #throttle(
    requestId: RequestId,
    reason: Extract<SchedulerAction, { type: 'throttle' }>['reason'],
  ) {
    const { run, reject } = this.#takeWaiter(requestId)
    const functionName = run.request.version.config.name
    const atMs = this.#options.clock.wallMs()
    this.#options.emit({ type: 'platform.throttle', functionName, requestId, atMs, reason })
    reject(new SandlotError('TooManyRequests', 'Rate Exceeded.', { throttle: reason }))
  }

  #finish(requestId: RequestId, how: Extract<SchedulerAction, { type: 'finish' }>['how']): void {
    const { run, resolve, reject } = this.#takeWaiter(requestId)
    run.how = how
    const id = run.assignment?.sandboxId
    const failure = id === undefined ? undefined : this.#runners.get(id)?.finish(run)
    if (how === 'closing') reject(closingError())
    else if (how === 'lost') reject(lostError(failure))
    else resolve(run)
  }

  #setTimer(timer: SchedulerTimer, atUs: number): void {
    const { kind, sandboxId } = timer
    this.#clearTimer(timer)
    const handle = this.#options.clock.setTimer(atUs, () => {
      this.#feed({ type: 'timerFired', timer })
    })
    this.#timers[kind].set(sandboxId, handle)
  }

  #clearTimer({ kind, sandboxId }: SchedulerTimer): void {
    this.#timers[kind].get(sandboxId)?.cancel()
  }

  #forget(id: SandboxId): void {
    this.#runners.delete(id)
    for (const ofKind of Object.values(this.#timers)) ofKind.delete(id)
    this.#whenGone.get(id)?.()
    this.#whenGone.delete(id)
  }

  #runnerOf(id: SandboxId): SandboxRunner {
    const runner = this.#runners.get(id)
    invariant(runner !== undefined, `sandbox ${id} is not there`)
    return runner
  }

  #waiter(requestId: RequestId): Waiter {
    const waiter = this.#waiters.get(requestId)
    invariant(waiter !== undefined, `nobody waits for ${requestId}`)
    return waiter
  }

  #takeWaiter(requestId: RequestId): Waiter {
    const waiter = this.#waiter(requestId)
    this.#waiters.delete(requestId)
    return waiter
  }
}

const closingError = (): SandlotError =>
  new SandlotError('Closing', 'The emulator is closing and takes no more work.')

const duplicateError = (requestId: RequestId): SandlotError =>
  new SandlotError('ResourceConflict', `An invocation with request id ${requestId} is running`)

const lostError = (cause: unknown): SandlotError =>
  new SandlotError(
    'SandboxUnavailable',
    `The sandbox could not be run: ${cause instanceof Error ? cause.message : String(cause)}`,
    { cause },
  )
