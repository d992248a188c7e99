import type { Clock } from '../kernel/clock.ts'
import { invariant } from '../kernel/invariant.ts'
import { bytesToMb, usToMs } from '../kernel/units.ts'
import type { GuardedSandbox, GuardObserver } from '../sandbox/guarded-sandbox.ts'
import type {
  InitOutcome,
  InvokeOutcome,
  RuntimeExit,
  SandboxLog,
  SandboxSpec,
} from '../sandbox/sandbox.ts'
import { platformErrorType } from '../telemetry/error-type.ts'
import type { ConcurrencyKind, InitPhase, PlatformEvent } from '../telemetry/platform-events.ts'
import { footprintMb, LEAST_FOOTPRINT_MB } from './footprint-policy.ts'
import type { InvocationRun } from './invocation-run.ts'
import type {
  AssignReason,
  FinishKind,
  ResetReason,
  SchedulerEvent,
  StopReason,
} from './scheduler-events.ts'

export interface RunnerOptions {
  readonly spec: SandboxSpec
  readonly clock: Clock
  readonly emit: (event: PlatformEvent) => void
  readonly feed: (event: SchedulerEvent) => void
  readonly runtimeVersion: string
  readonly createSandbox: (spec: SandboxSpec, observer: GuardObserver) => GuardedSandbox
}

/** Less than this is not worth an event. */
const FOOTPRINT_STEP_MB = 1

/**
 * Carries out the scheduler's actions on one sandbox: measures each step, tells the platform events
 * and feeds the outcome back. What the machine fails, not the function, ends the sandbox.
 */
export class SandboxRunner {
  readonly sandbox: GuardedSandbox
  readonly #options: RunnerOptions
  #run: InvocationRun | undefined
  #failure: unknown
  /** What the scheduler was told last. */
  #footprintMb = LEAST_FOOTPRINT_MB
  /** Why it is being reset or stopped. */
  #why: ResetReason | StopReason | undefined
  /** The start or invocation that runs, or ran last. */
  #act: Promise<void> = Promise.resolve()

  constructor(options: RunnerOptions) {
    this.#options = options
    this.sandbox = options.createSandbox(options.spec, {
      onLog: (line) => this.#onLog(line),
      onExit: (exit) => this.#onExit(exit),
      onChange: (change) => this.#onChange(change),
    })
    this.#emit({ type: 'sandbox.created', ...this.#stamp(), reason: undefined })
  }

  assign(run: InvocationRun, why: AssignReason, concurrency: ConcurrencyKind): void {
    if (this.#run !== undefined)
      invariant(false, `sandbox ${this.sandbox.id} serves an invocation already`)
    this.#run = run
    const { id: sandboxId, isolation } = this.sandbox
    run.assignment = { sandboxId, isolation, why, concurrency }
    const { requestId, version, qualifier } = run.request
    this.#options.emit({
      type: 'invocation.assigned',
      functionName: version.config.name,
      sandboxId,
      atMs: this.#options.clock.wallMs(),
      requestId,
      version: version.version,
      qualifier,
      concurrency,
    })
  }

  start(phase: InitPhase): void {
    this.#act = this.#start(phase)
  }

  dispatch(deadlineUs: number, thawFirst: boolean): void {
    this.#act = this.#dispatch(deadlineUs, thawFirst)
  }

  async freeze(): Promise<void> {
    await this.#attempt(() => this.sandbox.freeze())
  }

  /** Tells of the reset only after the outcome of what it interrupted. */
  async reset(reason: ResetReason): Promise<void> {
    this.#why = reason
    const done = await this.#attempt(() => this.sandbox.reset().then(() => true))
    if (done === undefined) return
    await this.#act
    this.#options.feed({ type: 'wasReset', sandboxId: this.sandbox.id })
  }

  /** Whatever happens, the sandbox is no longer used. */
  async stop(reason: StopReason): Promise<void> {
    this.#why = reason
    try {
      await this.sandbox.stop()
    } catch (error) {
      this.#failure ??= error
    }
    this.#options.feed({ type: 'stopped', sandboxId: this.sandbox.id })
  }

  /** The invocation is over for this sandbox. Returns what failed the sandbox, if anything did. */
  finish(run: InvocationRun, how: FinishKind): unknown {
    if (this.#run !== run)
      invariant(false, `sandbox ${this.sandbox.id} does not serve this invocation`)
    this.#run = undefined
    run.peakMemoryBytes = this.sandbox.peakMemoryBytes()
    this.#tellEnd(run, how)
    if (run.peakMemoryBytes !== undefined) this.#tellFootprint(run.peakMemoryBytes)
    return this.#failure
  }

  #tellEnd({ request, assignment }: InvocationRun, how: FinishKind): void {
    const { requestId, version, qualifier } = request
    this.#options.emit({
      type: 'invocation.ended',
      functionName: version.config.name,
      sandboxId: this.sandbox.id,
      atMs: this.#options.clock.wallMs(),
      requestId,
      version: version.version,
      qualifier,
      concurrency: assignment?.concurrency ?? 'on-demand',
      how,
    })
  }

  /** A peak only grows, and little of it is news. */
  #tellFootprint(peakBytes: number): void {
    const { id: sandboxId, isolation } = this.sandbox
    const nowMb = footprintMb(bytesToMb(peakBytes), isolation)
    if (nowMb < this.#footprintMb + FOOTPRINT_STEP_MB) return
    this.#footprintMb = nowMb
    this.#options.feed({ type: 'footprintMeasured', sandboxId, footprintMb: nowMb })
  }

  async #start(phase: InitPhase): Promise<void> {
    // Ahead of demand there is none.
    const run = this.#run
    run?.initBegins(phase, this.#nowUs())
    const { runtimeVersion } = this.#options
    const { initializationType } = this.#options.spec
    this.#emit({
      type: 'platform.initStart',
      ...this.#stamp(),
      initializationType,
      phase,
      runtimeVersion,
    })
    const outcome = await this.#attempt(() => this.sandbox.start())
    if (outcome === undefined) return
    run?.initEnded(phase, outcome, this.#nowUs())
    if (!this.#wasStopped(outcome)) this.#emitInitReport(phase, outcome)
    const type = outcome.kind === 'ready' ? 'started' : 'startFailed'
    this.#options.feed({ type, sandboxId: this.sandbox.id })
  }

  async #dispatch(deadlineUs: number, thawFirst: boolean): Promise<void> {
    const run = this.#assigned()
    const { request } = run
    run.leftQueue(this.#nowUs())
    if (thawFirst) {
      const thawed = await this.#attempt(() => this.sandbox.thaw().then(() => true))
      if (thawed === undefined) return
      run.thawed(this.#nowUs())
    }
    const { requestId } = request
    const { version, config } = request.version
    this.#emit({
      type: 'platform.start',
      functionName: config.name,
      sandboxId: this.sandbox.id,
      atMs: this.#options.clock.wallMs(),
      requestId,
      version,
    })
    run.dispatched(this.#nowUs())
    const { event, invokedFunctionArn, traceId, clientContext } = request
    let outcome: InvokeOutcome
    try {
      outcome = await this.sandbox.invoke({
        requestId,
        event,
        deadlineUs,
        invokedFunctionArn,
        traceId,
        clientContext,
      })
    } catch (error) {
      return this.#failed(error)
    }
    run.answered(outcome, this.#nowUs())
    this.#options.feed(answerEvent(outcome, this.sandbox, requestId))
    this.#tellIfDead()
  }

  /** Runs an act; a rejection is a failure of the machine's or ours and ends the sandbox. */
  async #attempt<Result>(act: () => Promise<Result>): Promise<Result | undefined> {
    try {
      return await act()
    } catch (error) {
      this.#failed(error)
      return undefined
    }
  }

  #failed(error: unknown): void {
    this.#failure ??= error
    this.#options.feed({ type: 'failed', sandboxId: this.sandbox.id })
  }

  /** Its init was broken off for good, which says nothing about the init. */
  #wasStopped(outcome: InitOutcome): boolean {
    const isEnded = outcome.kind === 'exited' && outcome.exit.expected
    return isEnded && this.#why !== 'init timeout' && this.#why !== 'timeout'
  }

  #emitInitReport(phase: InitPhase, outcome: InitOutcome): void {
    const { stamps } = outcome
    const endUs = stamps.initialisedUs ?? this.#nowUs()
    this.#emit({
      type: 'platform.initReport',
      ...this.#stamp(),
      initializationType: this.#options.spec.initializationType,
      phase,
      ...initStatus(outcome),
      durationMs: usToMs(endUs - (stamps.spawnedUs ?? stamps.beginUs)),
    })
  }

  #onLog({ requestId, atMs, text }: SandboxLog): void {
    this.#emit({ type: 'function', ...this.#stamp(), atMs, requestId, text })
  }

  /** An exit during start, invocation or reset comes back as the outcome of that act. */
  #onExit(_exit: RuntimeExit): void {
    if (this.#run === undefined) this.#tellIfDead()
  }

  #tellIfDead(): void {
    if (this.sandbox.state !== 'dead') return
    this.#options.feed({ type: 'exitedIdle', sandboxId: this.sandbox.id })
  }

  #onChange(change: Parameters<GuardObserver['onChange']>[0]): void {
    const reason = change === 'reset' || change === 'stopped' ? this.#why : undefined
    this.#emit({ type: `sandbox.${change}`, ...this.#stamp(), reason })
  }

  #emit(event: PlatformEvent): void {
    this.#run?.log.add(event)
    this.#options.emit(event)
  }

  #stamp() {
    const { spec, clock } = this.#options
    return { functionName: spec.version.config.name, sandboxId: spec.id, atMs: clock.wallMs() }
  }

  #assigned(): InvocationRun {
    if (this.#run === undefined) invariant(false, `sandbox ${this.sandbox.id} has no invocation`)
    return this.#run
  }

  #nowUs(): number {
    return this.#options.clock.nowUs()
  }
}

/** A runtime that was ended from outside during init had run out of time. */
function initStatus(outcome: InitOutcome) {
  switch (outcome.kind) {
    case 'ready':
      return { status: 'success', errorType: undefined } as const
    case 'error':
      return { status: 'error', errorType: platformErrorType(outcome.errorType) } as const
    default:
      return outcome.exit.expected
        ? ({ status: 'timeout', errorType: undefined } as const)
        : ({ status: 'error', errorType: exitErrorType(outcome.exit) } as const)
  }
}

/** A runtime may answer and end at once, so the outcome alone does not tell whether it lives on. */
function answerEvent(
  outcome: InvokeOutcome,
  { id: sandboxId, state }: GuardedSandbox,
  requestId: InvocationRun['request']['requestId'],
): SchedulerEvent {
  if (outcome.kind === 'exited') return { type: 'runtimeExited', sandboxId, requestId }
  return { type: 'responded', sandboxId, requestId, reusable: state === 'ready' }
}

const exitErrorType = ({ exceeded }: RuntimeExit): string =>
  exceeded === 'memory' ? 'Runtime.OutOfMemory' : 'Runtime.ExitError'
