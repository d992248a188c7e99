import type { FunctionVersion } from '../functions/function-version.ts'
import type { RequestId, SandboxId } from '../kernel/ids.ts'
import type { InitOutcome, InvokeOutcome, Isolation } from '../sandbox/sandbox.ts'
import { InvocationLog } from '../telemetry/invocation-log.ts'
import type { PhaseEnds } from '../telemetry/phases.ts'
import type { ConcurrencyKind, InitPhase } from '../telemetry/platform-events.ts'
import type { AssignReason, FinishKind } from './scheduler-events.ts'

/** An invocation as it enters the scheduler: resolved, checked, ready to run. */
export interface InvocationRequest {
  readonly requestId: RequestId
  readonly version: FunctionVersion
  /** The version or alias by which the caller named it; `undefined` where it gave none. */
  readonly qualifier: string | undefined
  /** JSON. */
  readonly event: Uint8Array
  readonly forceCold: boolean
  readonly invokedFunctionArn: string
  readonly traceId: string
  readonly clientContext: string | undefined
  /** Monotonic microseconds. */
  readonly arrivedUs: number
}

/** Where an invocation runs. */
export interface Assignment {
  readonly sandboxId: SandboxId
  readonly isolation: Isolation
  readonly why: AssignReason
  readonly concurrency: ConcurrencyKind
}

/** All that was seen of one invocation on its way; read only once it has finished. */
export class InvocationRun {
  readonly request: InvocationRequest
  readonly log = new InvocationLog()
  assignment: Assignment | undefined
  /** The init phases that ran for it, in order. */
  readonly inits: { readonly phase: InitPhase; readonly outcome: InitOutcome }[] = []
  /** What the runtime answered. */
  outcome: InvokeOutcome | undefined
  how: FinishKind | undefined
  /** When the clock of its duration began: dispatch, or the start of an inline init. */
  durationFromUs: number | undefined
  /** Whether the event was handed to a runtime; an inline init that failed leaves it false. */
  wasDispatched = false
  /** When its result was there, or its runtime was gone. */
  endedUs: number | undefined
  peakMemoryBytes: number | undefined
  readonly ends: PhaseEnds = {}

  constructor(request: InvocationRequest) {
    this.request = request
  }

  /** Work on its sandbox begins: it has left the queue. */
  leftQueue(nowUs: number): void {
    this.ends.queued ??= nowUs
  }

  initBegins(phase: InitPhase, nowUs: number): void {
    this.leftQueue(nowUs)
    if (phase === 'invoke') this.durationFromUs = nowUs
  }

  /** Of two inits the first one spawned and booted; the second ends the initialised phase. */
  initEnded(phase: InitPhase, outcome: InitOutcome, nowUs: number): void {
    const { spawnedUs, bootedUs, initialisedUs } = outcome.stamps
    this.inits.push({ phase, outcome })
    if (spawnedUs !== undefined) this.ends.spawned ??= spawnedUs
    if (bootedUs !== undefined) this.ends.booted ??= bootedUs
    this.ends.initialised = initialisedUs ?? nowUs
    // Until it is dispatched this is all there is of it, should its time be up.
    this.endedUs = initialisedUs ?? nowUs
  }

  thawed(nowUs: number): void {
    this.ends.thawed = nowUs
  }

  dispatched(nowUs: number): void {
    this.durationFromUs ??= nowUs
    this.wasDispatched = true
    this.endedUs = undefined
  }

  answered(outcome: InvokeOutcome, nowUs: number): void {
    this.outcome = outcome
    if (outcome.kind === 'exited') {
      this.endedUs = nowUs
    } else {
      this.ends.dispatched = outcome.stamps.receivedUs
      this.endedUs = outcome.stamps.finishedUs
    }
    this.ends.ran = this.endedUs
  }
}
