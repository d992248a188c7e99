import type { RequestId, SandboxId } from '../kernel/ids.ts'
import type {
  ConcurrencyKind,
  InitializationType,
  InitPhase,
} from '../telemetry/platform-events.ts'
import type { FunctionAccount } from './concurrency-ledger.ts'
import type { HeapItem } from './idle-heap.ts'
import type {
  FunctionKey,
  PoolState,
  ResetReason,
  StopReason,
  VersionFacts,
  VersionKey,
  VersionTimer,
} from './scheduler-events.ts'
import type { TokenBucket } from './token-bucket.ts'

/**
 * How the scheduler sees a sandbox: what it may be asked to do next. (What it *is* doing, down to
 * freezing and thawing, is the life cycle in `sandbox/lifecycle.ts`.)
 *
 * - queued     waits for its turn to start
 * - starting   spawning and initialising
 * - idle       can take an invocation
 * - busy       runs one
 * - resetting  its processes are being ended
 * - halted     has no runtime; can take an invocation after starting again
 * - stopping   is going away
 */
export type PlacementState =
  | 'queued'
  | 'starting'
  | 'idle'
  | 'busy'
  | 'resetting'
  | 'halted'
  | 'stopping'

export interface SandboxRecord extends HeapItem {
  readonly id: SandboxId
  readonly functionKey: FunctionKey
  readonly versionKey: VersionKey
  readonly version: VersionState
  readonly initializationType: InitializationType
  readonly createdUs: number
  /** The function's timeout when it was made: a later deployment does not change it. */
  readonly timeoutUs: number
  state: PlacementState
  /** The invocation it is tied to, from assignment to finish, and the concurrency that this takes. */
  requestId: RequestId | undefined
  concurrency: ConcurrencyKind
  /** Which init runs, or ran last, and when it began. */
  phase: InitPhase
  startedUs: number
  frozen: boolean
  frozenSinceUs: number
  /** How long it stays awake when it is idle the next time. */
  freezeDelayUs: number
  /** When the running invocation's time is up, monotonic microseconds. */
  deadlineUs: number
  idleSinceUs: number
  /** When it is to be evicted if it is still idle then. */
  idleUntilUs: number
  /** When it is to be replaced. */
  recycleAtUs: number
  invocations: number
  footprintMb: number
  /** What its keep-alive policy thought it worth when it became idle. */
  worth: number
  /** Held ready in this pool: it is not evicted when idle. */
  heldIn: HeldPool | undefined
  /** It was started ahead of demand and is to be kept idle for so long; `undefined`: as the policy says. */
  prewarmedForUs: number | undefined
  /** Why it is being reset. */
  resetFor: ResetReason | undefined
  /** How it lost its last runtime. */
  lostTo: 'timeout' | 'crash'
  /** Stop it as soon as it is free, for this reason; set by `SandboxTable.doom`. */
  doomedFor: StopReason | undefined
  /** Which of the lazily re-armed timers is set, and for when. */
  readonly armed: { freeze: boolean; idleAtUs: number | undefined }
}

/** A version of a function, with its sandboxes at hand. Changed by the table and the pools only. */
export interface VersionState {
  facts: VersionFacts
  readonly account: FunctionAccount
  /** In flight of this version. */
  inFlight: number
  /** Those that will serve further invocations: neither stopping nor doomed. */
  lasting: number
  /** Least recently used first. */
  readonly idle: SandboxRecord[]
  readonly idleProvisioned: SandboxRecord[]
  readonly halted: SandboxRecord[]
  /** How long a cold start took the last time, microseconds. */
  coldStartUs: number
  /** What a sandbox was last found to take. */
  footprintMb: number
  provisioned: HeldPool | undefined
  provisionedRate: TokenBucket | undefined
  keptWarm: HeldPool | undefined
  /** A sandbox is to be started at this instant, and kept idle for so long. */
  prewarm: { readonly atUs: number; readonly keepUs: number } | undefined
  /** Which of its timers were ever set. */
  readonly armed: Set<VersionTimer['kind']>
}

/**
 * Sandboxes of one version that are held ready: initialised ahead of demand, not evicted when idle,
 * replaced when they are lost. What is *provisioned* is concurrency of its own, as on Lambda; what is
 * *kept warm* is on demand in every other way.
 */
export interface HeldPool {
  readonly kind: 'provisioned' | 'warm'
  readonly version: VersionState
  readonly members: Set<SandboxRecord>
  requested: number
  /** All have been initialised once: until then none is used (AWS Lambda Developer Guide, "Configuring provisioned concurrency"). */
  isOpen: boolean
  failedFor: PoolState['statusReason']
  /** How fast further ones may begin; `undefined`: no limit. */
  readonly allocationRate: TokenBucket | undefined
  /** What was told of it last. */
  told: PoolState | undefined
}

/** Whether no invocation is tied to it, and it is not going away. */
export const isUnused = ({ requestId, state }: SandboxRecord): boolean =>
  requestId === undefined && state !== 'stopping'

/** It will serve further invocations. */
export const isLasting = ({ state, doomedFor }: SandboxRecord): boolean =>
  state !== 'stopping' && doomedFor === undefined

/** It has a runtime that is initialised. */
export const isInitialised = ({ state }: SandboxRecord): boolean =>
  state === 'idle' || state === 'busy'
