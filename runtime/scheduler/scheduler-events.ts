import type { ThrottleReason } from '../kernel/errors.ts'
import type { RequestId, SandboxId } from '../kernel/ids.ts'
import type {
  ConcurrencyKind,
  InitializationType,
  InitPhase,
  ProvisionedStatus,
} from '../telemetry/platform-events.ts'

/** Names a function within one scheduler: its FunctionName. Limits are per function. */
export type FunctionKey = string

/** Names a version of a function, `name:version`. Sandboxes belong to a version. */
export type VersionKey = string

export const versionKeyOf = (functionKey: FunctionKey, version: string): VersionKey =>
  `${functionKey}:${version}`

/** What the scheduler needs to know of a version. */
export interface VersionFacts {
  readonly key: VersionKey
  readonly functionKey: FunctionKey
  readonly timeoutUs: number
  /** What a sandbox of it takes of the machine's memory, until more is known. */
  readonly footprintMb: number
}

/** What has happened. Everything the scheduler knows of the world reaches it as one of these. */
export type SchedulerEvent =
  /** A version may be invoked from now on. A known key is replaced: its sandboxes serve no new invocation. */
  | { readonly type: 'versionDeployed'; readonly facts: VersionFacts }
  /** `undefined`: takes from the unreserved pool. 0: never runs. */
  | {
      readonly type: 'reservationChanged'
      readonly functionKey: FunctionKey
      readonly reserved: number | undefined
    }
  /** So many sandboxes of a deployed version are to be initialised ahead of demand; 0: none any more. */
  | {
      readonly type: 'provisionedChanged'
      readonly versionKey: VersionKey
      readonly count: number
    }
  /** So many sandboxes of it are to be held ready, and not evicted when idle; idle ones count; 0: as usual. */
  | {
      readonly type: 'keepWarmChanged'
      readonly versionKey: VersionKey
      readonly count: number
    }
  | {
      readonly type: 'invocationArrived'
      readonly requestId: RequestId
      readonly versionKey: VersionKey
      readonly forceCold: boolean
    }
  /** The runtime of a sandbox is initialised. */
  | { readonly type: 'started'; readonly sandboxId: SandboxId }
  /** Its init ended without a handler: an error of the function's, or the runtime exited or was reset. */
  | { readonly type: 'startFailed'; readonly sandboxId: SandboxId }
  /** The handler's result or error is there. `reusable`: the runtime lives on. */
  | {
      readonly type: 'responded'
      readonly sandboxId: SandboxId
      readonly requestId: RequestId
      readonly reusable: boolean
    }
  /** The runtime was gone before the invocation had a result. */
  | {
      readonly type: 'runtimeExited'
      readonly sandboxId: SandboxId
      readonly requestId: RequestId
    }
  /** A reset is done. The start or invocation that it interrupted was reported before. */
  | { readonly type: 'wasReset'; readonly sandboxId: SandboxId }
  /** The runtime of a sandbox ended by itself outside start and invocation: the sandbox is dead. */
  | { readonly type: 'exitedIdle'; readonly sandboxId: SandboxId }
  /** The machine or the emulator failed the sandbox: it is of no more use. */
  | { readonly type: 'failed'; readonly sandboxId: SandboxId }
  | { readonly type: 'stopped'; readonly sandboxId: SandboxId }
  /** What a sandbox really takes of the machine's memory. */
  | {
      readonly type: 'footprintMeasured'
      readonly sandboxId: SandboxId
      readonly footprintMb: number
    }
  | { readonly type: 'timerFired'; readonly timer: SchedulerTimer }
  /** Of one sandbox, one function in all its versions, or all. */
  | { readonly type: 'evictRequested'; readonly of: EvictionScope }
  | { readonly type: 'closeRequested' }

export interface EvictionScope {
  readonly functionKey?: FunctionKey | undefined
  readonly sandboxId?: SandboxId | undefined
}

/** What is to be done, in this order. */
export type SchedulerAction =
  | {
      readonly type: 'create'
      readonly sandboxId: SandboxId
      readonly versionKey: VersionKey
      readonly initializationType: InitializationType
    }
  /** Ties an invocation to the sandbox that will serve it. */
  | {
      readonly type: 'assign'
      readonly requestId: RequestId
      readonly sandboxId: SandboxId
      readonly why: AssignReason
      readonly concurrency: ConcurrencyKind
    }
  | {
      readonly type: 'start'
      readonly sandboxId: SandboxId
      /** `undefined`: ahead of demand, no invocation waits for it. */
      readonly requestId: RequestId | undefined
      readonly phase: InitPhase
    }
  | {
      readonly type: 'dispatch'
      readonly sandboxId: SandboxId
      readonly requestId: RequestId
      readonly deadlineUs: number
      readonly thawFirst: boolean
    }
  | { readonly type: 'freeze'; readonly sandboxId: SandboxId }
  | { readonly type: 'reset'; readonly sandboxId: SandboxId; readonly reason: ResetReason }
  | { readonly type: 'stop'; readonly sandboxId: SandboxId; readonly reason: StopReason }
  /** Lambda would refuse it. */
  | {
      readonly type: 'throttle'
      readonly requestId: RequestId
      readonly reason: ThrottleReason
      /** For a rate: after this it could be admitted. */
      readonly retryAfterUs: number | undefined
    }
  /** Lambda would run it, but this machine's memory is taken by busy sandboxes. */
  | {
      readonly type: 'refuse'
      readonly requestId: RequestId
      readonly budgetMb: number
      readonly takenMb: number
    }
  | { readonly type: 'finish'; readonly requestId: RequestId; readonly how: FinishKind }
  /** Where the provisioned concurrency of a version stands now. */
  | { readonly type: 'provisioned'; readonly versionKey: VersionKey; readonly state: PoolState }
  /** Where the sandboxes that are kept warm stand now. */
  | { readonly type: 'keptWarm'; readonly versionKey: VersionKey; readonly state: PoolState }
  | { readonly type: 'setTimer'; readonly timer: SchedulerTimer; readonly atUs: number }
  | { readonly type: 'clearTimer'; readonly timer: SchedulerTimer }

/** Sandboxes that are held ready. */
export interface PoolState {
  readonly requested: number
  /** Initialised. */
  readonly allocated: number
  /** Of these, those that may be used: at first none before all are initialised. */
  readonly available: number
  readonly status: ProvisionedStatus
  /** Why it failed. AWS Lambda API reference, `GetProvisionedConcurrencyConfig`, StatusReason. */
  readonly statusReason: 'FUNCTION_ERROR_INIT_FAILURE' | 'SANDLOT_OUT_OF_MEMORY' | undefined
}

/** Why an invocation got the sandbox it got; see `StartReason` in `invoke/invocation.ts`. */
export type AssignReason =
  | 'reused'
  | 'no sandbox'
  | 'all busy'
  | 'forced'
  | 'reset after timeout'
  | 'reset after crash'

export type ResetReason = 'init timeout' | 'timeout' | 'runtime ends'

export type StopReason =
  | 'idle'
  | 'memory pressure'
  | 'recycled'
  | 'evicted'
  | 'replaced'
  | 'init failed'
  | 'not provisioned'
  | 'runtime exited'
  | 'failure'
  | 'closing'

/**
 * - answered    the runtime gave a result or an error
 * - timeout     the function's time was up
 * - crash       the runtime was gone before it answered
 * - init failed init failed twice: in its own phase and inside the invocation
 * - lost        the machine or the emulator failed the sandbox
 * - closing     the emulator was closed meanwhile
 */
export type FinishKind = 'answered' | 'timeout' | 'crash' | 'init failed' | 'lost' | 'closing'

/** A timer is named, so that setting it again replaces it. */
export type SchedulerTimer = SandboxTimer | VersionTimer

export interface SandboxTimer {
  readonly kind: 'init' | 'deadline' | 'freeze' | 'idle'
  readonly sandboxId: SandboxId
}

/** - prewarm    a sandbox is to be started ahead of the next invocation
 *  - allocate   further provisioned sandboxes may be started */
export interface VersionTimer {
  readonly kind: 'prewarm' | 'allocate'
  readonly versionKey: VersionKey
}
