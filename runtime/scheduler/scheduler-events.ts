import type { ThrottleReason } from '../kernel/errors.ts'
import type { RequestId, SandboxId } from '../kernel/ids.ts'
import type { InitPhase } from '../telemetry/platform-events.ts'

/** Names a function within one scheduler: its FunctionName. */
export type FunctionKey = string

/** What the scheduler needs to know of a function. */
export interface FunctionFacts {
  readonly key: FunctionKey
  readonly timeoutUs: number
  /** `undefined`: takes from the unreserved pool. 0: never runs. */
  readonly reservedConcurrency: number | undefined
}

/** What has happened. Everything the scheduler knows of the world reaches it as one of these. */
export type SchedulerEvent =
  /** A function may be invoked from now on. A known key is replaced: its sandboxes serve no new invocation. */
  | { readonly type: 'functionDeployed'; readonly facts: FunctionFacts }
  | {
      readonly type: 'invocationArrived'
      readonly requestId: RequestId
      readonly functionKey: FunctionKey
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
  | { readonly type: 'timerFired'; readonly timer: SchedulerTimer }
  /** Of one function, or of all. */
  | { readonly type: 'evictRequested'; readonly functionKey: FunctionKey | undefined }
  | { readonly type: 'closeRequested' }

/** What is to be done, in this order. */
export type SchedulerAction =
  | {
      readonly type: 'create'
      readonly sandboxId: SandboxId
      readonly functionKey: FunctionKey
    }
  /** Ties an invocation to the sandbox that will serve it. */
  | {
      readonly type: 'assign'
      readonly requestId: RequestId
      readonly sandboxId: SandboxId
      readonly why: AssignReason
    }
  | {
      readonly type: 'start'
      readonly sandboxId: SandboxId
      readonly requestId: RequestId
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
  | { readonly type: 'throttle'; readonly requestId: RequestId; readonly reason: ThrottleReason }
  | { readonly type: 'finish'; readonly requestId: RequestId; readonly how: FinishKind }
  | { readonly type: 'setTimer'; readonly timer: SchedulerTimer; readonly atUs: number }
  | { readonly type: 'clearTimer'; readonly timer: SchedulerTimer }

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
  | 'evicted'
  | 'replaced'
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
export interface SchedulerTimer {
  readonly kind: 'init' | 'deadline' | 'freeze' | 'idle'
  readonly sandboxId: SandboxId
}
