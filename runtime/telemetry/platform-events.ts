import type { ThrottleReason } from '../kernel/errors.ts'
import type { RequestId, SandboxId } from '../kernel/ids.ts'

/**
 * Everything that happens, as one typed stream. Log lines, metrics, billing and reports are all
 * derived from it; nothing else measures.
 *
 * The `platform.*` names are Lambda's (Telemetry API schema reference); all others are ours.
 */
export type PlatformEvent =
  | InitStartEvent
  | InitReportEvent
  | InvokeStartEvent
  | RuntimeDoneEvent
  | ReportEvent
  | FunctionLogEvent
  | ThrottleEvent
  | SandboxEvent
  | InvocationAssignedEvent
  | InvocationEndedEvent
  | ReservationEvent
  | ProvisionedEvent

interface OfSandbox {
  readonly functionName: string
  readonly sandboxId: SandboxId
  /** Wall clock, milliseconds since the epoch. */
  readonly atMs: number
}

/** `init`: a phase of its own. `invoke`: inside an invocation, after a reset (suppressed init). */
export type InitPhase = 'init' | 'invoke'

export type Status = 'success' | 'error' | 'timeout' | 'failure'

/** On whose demand: what the function sees in `AWS_LAMBDA_INITIALIZATION_TYPE`. */
export type InitializationType = 'on-demand' | 'provisioned-concurrency'

export interface InitStartEvent extends OfSandbox {
  readonly type: 'platform.initStart'
  readonly initializationType: InitializationType
  readonly phase: InitPhase
  readonly runtimeVersion: string
}

export interface InitReportEvent extends OfSandbox {
  readonly type: 'platform.initReport'
  readonly initializationType: InitializationType
  readonly phase: InitPhase
  readonly status: Status
  readonly errorType: string | undefined
  readonly durationMs: number
}

export interface InvokeStartEvent extends OfSandbox {
  readonly type: 'platform.start'
  readonly requestId: RequestId
  readonly version: string
}

export interface RuntimeDoneEvent extends OfSandbox {
  readonly type: 'platform.runtimeDone'
  readonly requestId: RequestId
  readonly status: Status
  readonly errorType: string | undefined
  /**
   * How many invocations the runtime has been handed since it started, this one included, by its own
   * count; `undefined` when it died or was ended before it had answered.
   */
  readonly served: number | undefined
}

export interface ReportEvent extends OfSandbox {
  readonly type: 'platform.report'
  readonly requestId: RequestId
  readonly report: Report
}

/** The figures of a REPORT line. All measured; a figure that is not known is absent, never made up. */
export interface Report {
  readonly status: Status
  readonly errorType: string | undefined
  /** From dispatch to result; includes a suppressed init; clipped to the timeout. Milliseconds. */
  readonly durationMs: number
  /** Whole milliseconds, rounded up once over init and duration. */
  readonly billedDurationMs: number
  /** Only on the first invocation after a successful init phase. Milliseconds. */
  readonly initDurationMs: number | undefined
  readonly memorySizeMb: number
  /** Peak of the sandbox so far, whole megabytes; absent where the machine cannot tell. */
  readonly maxMemoryUsedMb: number | undefined
}

export interface FunctionLogEvent extends OfSandbox {
  readonly type: 'function'
  readonly requestId: RequestId | undefined
  readonly text: string
}

export interface ThrottleEvent {
  readonly type: 'platform.throttle'
  readonly functionName: string
  readonly requestId: RequestId
  /** The version that was asked for, and the alias or version by which the caller named it. */
  readonly version: string
  readonly qualifier: string | undefined
  readonly atMs: number
  readonly reason: ThrottleReason
}

export interface SandboxEvent extends OfSandbox {
  readonly type:
    | 'sandbox.created'
    | 'sandbox.thawed'
    | 'sandbox.frozen'
    | 'sandbox.reset'
    | 'sandbox.stopped'
  /** Why: `idle`, `memory pressure`, `timeout`, `closing`, … */
  readonly reason: string | undefined
}

/**
 * Which concurrency an invocation takes. `spillover`: on demand, though its version has provisioned
 * concurrency, all of which was busy.
 */
export type ConcurrencyKind = 'on-demand' | 'provisioned' | 'spillover'

/** An invocation was admitted and tied to a sandbox: it takes concurrency from now on. */
export interface InvocationAssignedEvent extends OfSandbox {
  readonly type: 'invocation.assigned'
  readonly requestId: RequestId
  readonly version: string
  /** The alias or version by which the caller named it; `undefined` where it gave none. */
  readonly qualifier: string | undefined
  readonly concurrency: ConcurrencyKind
}

/** It takes no concurrency any more. `answered` is also an error that the function reported. */
export interface InvocationEndedEvent extends OfSandbox {
  readonly type: 'invocation.ended'
  readonly requestId: RequestId
  readonly version: string
  readonly qualifier: string | undefined
  readonly concurrency: ConcurrencyKind
  readonly how: 'answered' | 'timeout' | 'crash' | 'init failed' | 'lost' | 'closing'
}

/** A function was deployed, or its reservation changed; `undefined`: it has none. */
export interface ReservationEvent {
  readonly type: 'concurrency.reserved'
  readonly functionName: string
  readonly atMs: number
  readonly reserved: number | undefined
}

/** Where the provisioned concurrency of a version stands. `requested` 0: it has none any more. */
export interface ProvisionedEvent {
  readonly type: 'concurrency.provisioned'
  readonly functionName: string
  readonly version: string
  readonly atMs: number
  readonly requested: number
  /** Environments that are initialised. */
  readonly allocated: number
  readonly status: ProvisionedStatus
}

/** AWS Lambda API reference, `GetProvisionedConcurrencyConfig`, Status. */
export type ProvisionedStatus = 'IN_PROGRESS' | 'READY' | 'FAILED'
