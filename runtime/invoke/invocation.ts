import type { RequestId, SandboxId } from '../kernel/ids.ts'
import type { Isolation } from '../sandbox/sandbox.ts'
import type { Phase } from '../telemetry/phases.ts'
import type { Report } from '../telemetry/platform-events.ts'

/** What a caller asks for. */
export interface InvokeInput {
  /** Name, logical id, partial or full ARN. */
  readonly functionName: string
  /** A version or alias, where the name has none. Default: `$LATEST`. */
  readonly qualifier?: string
  /** The event, JSON. Absent or empty: `{}`. */
  readonly payload?: Uint8Array | string
  /** Honoured when it is a UUID; otherwise a new one is made. */
  readonly requestId?: string
  /** Never reuse a warm sandbox for this invocation. Default false. */
  readonly forceCold?: boolean
  /** JSON text, becomes `context.clientContext`. */
  readonly clientContext?: string
  /** Value of X-Amzn-Trace-Id. Absent: one is made, not sampled. */
  readonly traceId?: string
}

/** Why an invocation was cold or warm. */
export type StartReason =
  /** Warm: an idle sandbox was there. */
  | 'reused'
  /** Cold: the function had no sandbox. */
  | 'no sandbox'
  /** Cold: all of the function's sandboxes were busy. */
  | 'all busy'
  /** Cold: the caller asked for it. */
  | 'forced'
  /** Cold: the sandbox it was given lost its process to a timeout before. */
  | 'reset after timeout'
  /** Cold: the sandbox it was given lost its process to a crash before. */
  | 'reset after crash'
  /** Cold: the init phase failed, and init ran again inside the invocation. */
  | 'init retried'

/**
 * How an invocation ended. All but `success` are function errors: HTTP 200 with
 * `X-Amz-Function-Error`. Throttles and bad requests are thrown, as `SandlotError`.
 */
export type OutcomeKind = 'success' | 'error' | 'timeout' | 'crash'

/** All that came of an invocation that ran, whether it succeeded or not. */
export interface InvokeResult {
  readonly requestId: RequestId
  /** Value of X-Amzn-Trace-Id. */
  readonly traceId: string
  readonly functionName: string
  /** `$LATEST` or a number, never an alias. */
  readonly executedVersion: string
  readonly sandboxId: SandboxId
  readonly isolation: Isolation
  readonly coldStart: boolean
  readonly startReason: StartReason
  readonly outcome: OutcomeKind
  /** `Unhandled` on every function error, as Lambda answers today; absent on success. */
  readonly functionError: 'Unhandled' | undefined
  readonly errorType: string | undefined
  /** The handler's result or Lambda's error object: JSON, as the runtime wrote it. */
  readonly payload: Uint8Array
  readonly report: Report
  readonly phases: readonly Phase[]
  /** From arrival to delivery, on the controller's clock, measured apart from the phases. Milliseconds. */
  readonly totalMs: number
  /** INIT_START, START, the function's lines, END and REPORT, in order. */
  readonly logs: readonly string[]
}
