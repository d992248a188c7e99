import type { FunctionVersion } from '../functions/function-version.ts'
import type { Clock, TimerHandle } from '../kernel/clock.ts'
import type { SandlotError } from '../kernel/errors.ts'
import type { RequestId, SandboxId } from '../kernel/ids.ts'
import { invariant, unreachable } from '../kernel/invariant.ts'
import { msToUs } from '../kernel/units.ts'
import type { GuardedSandbox, GuardObserver } from '../sandbox/guarded-sandbox.ts'
import { resourceLimits } from '../sandbox/resource-limits.ts'
import type { SandboxSpec } from '../sandbox/sandbox.ts'
import type { PlatformEvent } from '../telemetry/platform-events.ts'
import {
  closingError,
  duplicateError,
  lostError,
  memoryError,
  throttleError,
} from './driver-errors.ts'
import { LEAST_FOOTPRINT_MB } from './footprint-policy.ts'
import { type InvocationRequest, InvocationRun } from './invocation-run.ts'
import { logStreamName } from './log-stream-name.ts'
import { PoolWaiters } from './pool-waiters.ts'
import { SandboxRunner } from './sandbox-runner.ts'
import type { Scheduler } from './scheduler.ts'
import {
  type EvictionScope,
  type PoolState,
  type SchedulerAction,
  type SchedulerEvent,
  type SchedulerTimer,
  type VersionKey,
  versionKeyOf,
} from './scheduler-events.ts'

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
  readonly #versions = new Map<VersionKey, FunctionVersion>()
  readonly #waiters = new Map<RequestId, Waiter>()
  readonly #runners = new Map<SandboxId, SandboxRunner>()
  /** Those that were set last: also those that have fired, or were cleared. */
  readonly #timers: Record<SchedulerTimer['kind'], Map<string, TimerHandle>> = {
    init: new Map(),
    deadline: new Map(),
    freeze: new Map(),
    idle: new Map(),
    prewarm: new Map(),
    allocate: new Map(),
  }
  readonly #inbox: SchedulerEvent[] = []
  readonly #whenGone = new Map<SandboxId, () => void>()
  readonly #settled = new PoolWaiters()
  #working = false
  #closing = false

  constructor(options: DriverOptions) {
    this.#options = options
  }

  /** Makes a version invocable, replacing an earlier one of the same name and version. */
  deploy(version: FunctionVersion): void {
    const { name: functionKey, timeoutMs } = version.config
    const key = keyOf(version)
    this.#versions.set(key, version)
    const timeoutUs = msToUs(timeoutMs)
    const facts = { key, functionKey, timeoutUs, footprintMb: LEAST_FOOTPRINT_MB }
    this.#feed({ type: 'versionDeployed', facts })
  }

  /** Sets or (with `undefined`) removes the reservation of a function, over all its versions. */
  reserve(functionName: string, reserved: number | undefined): void {
    this.#feed({ type: 'reservationChanged', functionKey: functionName, reserved })
    const atMs = this.#options.clock.wallMs()
    this.#options.emit({ type: 'concurrency.reserved', functionName, atMs, reserved })
  }

  /** Sets how many sandboxes of a deployed version are initialised ahead of demand; 0 ends it. */
  provision(version: FunctionVersion, count: number): void {
    this.#feed({ type: 'provisionedChanged', versionKey: keyOf(version), count })
  }

  /** Where the provisioned sandboxes of a version stand; `undefined`: none were asked for. */
  provisioned(version: FunctionVersion): PoolState | undefined {
    return this.#options.scheduler.pool(keyOf(version), 'provisioned')
  }

  /** Resolves once the provisioned sandboxes are all there, or cannot be; at once, where none were asked for. */
  whenProvisioned(version: FunctionVersion): Promise<PoolState | undefined> {
    return this.#settled.wait(`provisioned ${keyOf(version)}`, this.provisioned(version))
  }

  /** Keeps so many sandboxes of a version from being evicted when idle, and resolves once they are there, or cannot be. */
  keepWarm(version: FunctionVersion, count: number): Promise<PoolState | undefined> {
    const key = keyOf(version)
    this.#feed({ type: 'keepWarmChanged', versionKey: key, count })
    return this.#settled.wait(`warm ${key}`, this.#options.scheduler.pool(key, 'warm'))
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
        versionKey: keyOf(request.version),
        forceCold: request.forceCold,
      })
    })
  }

  /** Stops idle sandboxes and dooms busy ones; resolves with their number once the idle ones are gone. */
  async evict(scope: EvictionScope): Promise<number> {
    const { functionKey, sandboxId } = scope
    const concerned = [...this.#options.scheduler.sandboxes()].filter(
      (record) =>
        record.state !== 'stopping' &&
        (functionKey === undefined || record.functionKey === functionKey) &&
        (sandboxId === undefined || record.id === sandboxId),
    )
    this.#feed({ type: 'evictRequested', of: scope })
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
    this.#settled.release()
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
        return this.#create(action)
      case 'assign': {
        const { run } = this.#waiter(action.requestId)
        return this.#runnerOf(action.sandboxId).assign(run, action.why, action.concurrency)
      }
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
        return this.#throttle(action)
      case 'refuse':
        return this.#refuse(action)
      case 'finish':
        return this.#finish(action.requestId, action.how)
      case 'provisioned':
        this.#tellProvisioned(action.versionKey, action.state)
        return this.#settled.tell(`provisioned ${action.versionKey}`, action.state)
      case 'keptWarm':
        return this.#settled.tell(`warm ${action.versionKey}`, action.state)
      case 'setTimer':
        return this.#setTimer(action.timer, action.atUs)
      case 'clearTimer':
        return this.#clearTimer(action.timer)
      default:
        unreachable(action, 'scheduler action')
    }
  }

  #create({ sandboxId: id, versionKey, initializationType }: ActionOf<'create'>): void {
    const { clock, createSandbox, emit, runtimeVersion } = this.#options
    const version = this.#version(versionKey)
    const spec: SandboxSpec = {
      id,
      version,
      limits: resourceLimits(version.config),
      logStreamName: logStreamName(clock.wallMs(), version.version, id),
      initializationType,
    }
    const feed = (event: SchedulerEvent): void => this.#feed(event)
    const runner = new SandboxRunner({ spec, clock, emit, feed, runtimeVersion, createSandbox })
    this.#runners.set(id, runner)
  }

  #throttle({ requestId, reason, retryAfterUs }: ActionOf<'throttle'>): void {
    const { run, reject } = this.#takeWaiter(requestId)
    const { version, qualifier } = run.request
    this.#options.emit({
      type: 'platform.throttle',
      functionName: version.config.name,
      requestId,
      version: version.version,
      qualifier,
      atMs: this.#options.clock.wallMs(),
      reason,
    })
    reject(throttleError(reason, retryAfterUs))
  }

  #refuse({ requestId, budgetMb, takenMb }: ActionOf<'refuse'>): void {
    this.#takeWaiter(requestId).reject(memoryError(budgetMb, takenMb))
  }

  #finish(requestId: RequestId, how: ActionOf<'finish'>['how']): void {
    const { run, resolve, reject } = this.#takeWaiter(requestId)
    run.how = how
    const id = run.assignment?.sandboxId
    const failure = id === undefined ? undefined : this.#runners.get(id)?.finish(run, how)
    if (how === 'closing') reject(closingError())
    else if (how === 'lost') reject(lostError(failure))
    else resolve(run)
  }

  #tellProvisioned(versionKey: VersionKey, state: PoolState): void {
    const { config, version } = this.#version(versionKey)
    const { requested, allocated, status } = state
    this.#options.emit({
      type: 'concurrency.provisioned',
      functionName: config.name,
      version,
      atMs: this.#options.clock.wallMs(),
      requested,
      allocated,
      status,
    })
  }

  #setTimer(timer: SchedulerTimer, atUs: number): void {
    this.#clearTimer(timer)
    const handle = this.#options.clock.setTimer(atUs, () => {
      this.#feed({ type: 'timerFired', timer })
    })
    this.#timers[timer.kind].set(subjectOf(timer), handle)
  }

  #clearTimer(timer: SchedulerTimer): void {
    this.#timers[timer.kind].get(subjectOf(timer))?.cancel()
  }

  #forget(id: SandboxId): void {
    this.#runners.delete(id)
    for (const ofKind of Object.values(this.#timers)) ofKind.delete(id)
    this.#whenGone.get(id)?.()
    this.#whenGone.delete(id)
  }

  #version(key: VersionKey): FunctionVersion {
    const version = this.#versions.get(key)
    if (version === undefined) invariant(false, `version '${key}' was not deployed`)
    return version
  }

  #runnerOf(id: SandboxId): SandboxRunner {
    const runner = this.#runners.get(id)
    if (runner === undefined) invariant(false, `sandbox ${id} is not there`)
    return runner
  }

  #waiter(requestId: RequestId): Waiter {
    const waiter = this.#waiters.get(requestId)
    if (waiter === undefined) invariant(false, `nobody waits for ${requestId}`)
    return waiter
  }

  #takeWaiter(requestId: RequestId): Waiter {
    const waiter = this.#waiter(requestId)
    this.#waiters.delete(requestId)
    return waiter
  }
}

type ActionOf<Type extends SchedulerAction['type']> = Extract<SchedulerAction, { type: Type }>

const keyOf = ({ config, version }: FunctionVersion): VersionKey =>
  versionKeyOf(config.name, version)

const subjectOf = (timer: SchedulerTimer): string =>
  'sandboxId' in timer ? timer.sandboxId : timer.versionKey
