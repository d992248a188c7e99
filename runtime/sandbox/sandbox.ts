import type { FunctionVersion } from '../functions/function-version.ts'
import type { RequestId, SandboxId } from '../kernel/ids.ts'
import type { InitializationType } from '../telemetry/platform-events.ts'
import type { ResourceLimits } from './resource-limits.ts'

/**
 * A sandbox: one process (with its children) or thread that serves one function version, one
 * invocation at a time. AWS calls it an execution environment. This is the port; `host/` and
 * `simulation/` implement it, `guarded-sandbox.ts` wraps every implementation and makes sure that
 * calls come one at a time and in an order that the life cycle allows, so an implementation may
 * rely on that.
 *
 * What an implementation guarantees:
 * - No method throws for what a *function* does. A handler that fails, hangs, crashes or floods is
 *   an outcome. A rejected promise means that the emulator or the machine failed; the guard then
 *   ends the sandbox.
 * - `start` and `invoke` always settle: when the runtime dies, by itself or through `reset` or
 *   `stop`, they resolve with `{ kind: 'exited' }`.
 * - `observer.onExit` is called exactly once per started runtime, when it is gone for whatever
 *   reason, and before `start`, `invoke`, `reset` or `stop` settle because of it. Nothing of that
 *   runtime is heard afterwards, log lines included.
 * - After `stop` nothing is left: no process of its group, no thread, no directory.
 */
export interface Sandbox {
  readonly id: SandboxId
  readonly isolation: Isolation
  /** Process id of the runtime; absent for threads and while none runs. */
  readonly pid: number | undefined

  /**
   * Starts a runtime and initialises the function. Allowed on a new sandbox and after `reset`.
   * The init limit is the caller's: it calls `reset` when time is up.
   */
  start(): Promise<InitOutcome>

  /** Runs one invocation. Its deadline is the caller's to enforce, with `reset`. */
  invoke(request: SandboxInvokeRequest): Promise<InvokeOutcome>

  /** Stops the CPU of everything in the sandbox. Resolves once nothing in it can run. */
  freeze(): Promise<void>

  /** Undoes `freeze`. Resolves once it may run; it need not have run yet. */
  thaw(): Promise<void>

  /** Kills the runtime and all its processes at once; keeps the sandbox, its id and its /tmp. */
  reset(): Promise<void>

  /** Kills what runs and removes all that is left. Allowed at any time, also when frozen. */
  stop(): Promise<void>

  /**
   * Peak memory of the sandbox so far, whole tree, in bytes; read from the system, or `undefined`
   * where this kind of sandbox cannot know before its first init. Never falls.
   */
  peakMemoryBytes(): number | undefined
}

export type Isolation = 'process' | 'thread' | 'simulated'

/** What a sandbox is made for; fixed for its life. */
export interface SandboxSpec {
  readonly id: SandboxId
  readonly version: FunctionVersion
  readonly limits: ResourceLimits
  /** `YYYY/MM/DD/[version]<32 hex>`: one stream per sandbox, kept across resets. */
  readonly logStreamName: string
  /** On demand, or ahead of it: the function sees it in `AWS_LAMBDA_INITIALIZATION_TYPE`. */
  readonly initializationType: InitializationType
}

/** Hears of what happens inside, as it happens. Implementations call it synchronously. */
export interface SandboxObserver {
  onLog(line: SandboxLog): void
  onExit(exit: RuntimeExit): void
}

export interface SandboxLog {
  /** The invocation it belongs to; absent before the first and between two. */
  readonly requestId: RequestId | undefined
  readonly atMs: number
  /** One log event without its final line feed; may contain line feeds. */
  readonly text: string
}

/** How a runtime ended. Exactly one of `code` and `signal` is set. */
export interface RuntimeExit {
  readonly code: number | undefined
  /** `SIGKILL`, `SIGSEGV`, … */
  readonly signal: string | undefined
  /** It was ended by `reset` or `stop`, not by itself. */
  readonly expected: boolean
  /** The limit that it was killed for; absent where it was not. */
  readonly exceeded?: ExceededLimit | undefined
}

/** Memory of all its processes together; size of /tmp; how many processes it may have. */
export type ExceededLimit = 'memory' | 'tmp' | 'processes'

/** Stamps of a start: monotonic microseconds, in this order. */
export interface StartStamps {
  /** The start was begun. */
  readonly beginUs: number
  /** The process or thread exists. */
  readonly spawnedUs: number | undefined
  /** The bootstrap inside it runs. */
  readonly bootedUs: number | undefined
  /** The handler is loaded, or has failed to. */
  readonly initialisedUs: number | undefined
}

export type InitOutcome =
  | { readonly kind: 'ready'; readonly stamps: StartStamps; readonly nodeVersion: string }
  | {
      /** The function's own failure. `payload` is Lambda's error JSON. The runtime is gone, or going. */
      readonly kind: 'error'
      readonly stamps: StartStamps
      readonly errorType: string
      readonly payload: Uint8Array
    }
  | { readonly kind: 'exited'; readonly stamps: StartStamps; readonly exit: RuntimeExit }

export interface SandboxInvokeRequest {
  readonly requestId: RequestId
  /** JSON. */
  readonly event: Uint8Array
  /** When its time is up, monotonic microseconds. */
  readonly deadlineUs: number
  readonly invokedFunctionArn: string
  readonly traceId: string | undefined
  /** JSON text. */
  readonly clientContext: string | undefined
}

/** Stamps of one run: the event had arrived inside; the result was there. Monotonic microseconds. */
export interface RunStamps {
  readonly receivedUs: number
  readonly finishedUs: number
}

export type InvokeOutcome =
  | {
      readonly kind: 'response'
      readonly payload: Uint8Array
      readonly stamps: RunStamps
      /** How many invocations its runtime has been handed since it started, by its own count. */
      readonly served: number
    }
  | {
      readonly kind: 'error'
      /** Lambda's error JSON. */
      readonly payload: Uint8Array
      readonly errorType: string
      readonly stamps: RunStamps
      readonly served: number
      /** The runtime ends after this error: the sandbox must be reset before its next invocation. */
      readonly fatal: boolean
    }
  | { readonly kind: 'exited'; readonly exit: RuntimeExit }

/** Makes sandboxes of one isolation. */
export interface SandboxFactory {
  readonly isolation: Isolation
  /**
   * The sandbox's first act is `start`; what that needs may be made ready from now on. Whoever makes one
   * stops it, also one that was never started.
   */
  create(spec: SandboxSpec, observer: SandboxObserver): Sandbox
  /** Releases what the factory itself holds. All its sandboxes have been stopped before. */
  close(): Promise<void>
}
