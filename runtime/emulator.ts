import type { FunctionInput } from './functions/function-config.ts'
import type { FunctionVersion } from './functions/function-version.ts'
import type { InvokeInput, InvokeResult } from './invoke/invocation.ts'
import type { SandboxId } from './kernel/ids.ts'
import type { SandboxState } from './sandbox/lifecycle.ts'
import type { Isolation } from './sandbox/sandbox.ts'
import type { AccountLimit } from './scheduler/account-limit-policy.ts'
import type { PlatformEvent } from './telemetry/platform-events.ts'

export interface EmulatorOptions {
  /** Invocations at once, over all functions. Default 1,000; capped by what the machine's memory holds. */
  readonly accountConcurrency?: number
  /** An idle sandbox is evicted after this. Default 600,000 (10 min). */
  readonly idleTimeoutMs?: number
  /** An idle sandbox is frozen after this. Default 5. */
  readonly freezeDelayMs?: number
  /** Sandboxes being started at the same time. Default twice the number of CPUs. */
  readonly maxParallelStarts?: number
  /** Folder for sandboxes' directories and the code cache. Default: a folder of this user's in the system's temporary directory. */
  readonly stateDir?: string
}

export interface SandboxView {
  readonly id: SandboxId
  readonly functionName: string
  readonly isolation: Isolation
  readonly state: SandboxState
  /** Invocations served so far. */
  readonly invocations: number
  /** Milliseconds since it was created, and since its last act ended. */
  readonly ageMs: number
  readonly idleMs: number
  /** Process id of the runtime; absent for threads and between a reset and the next start. */
  readonly pid: number | undefined
  readonly peakMemoryMb: number | undefined
}

/** The real machine: a controller with its functions and sandboxes. */
export interface Emulator {
  readonly accountLimit: AccountLimit
  /**
   * Checks the configuration, prepares the code and makes the function ready to be invoked.
   * Deploying a name again replaces it: idle sandboxes of the old code are stopped, busy ones
   * finish first.
   *
   * @throws SandlotError `InvalidParameterValue` for a field out of bounds, `InvalidHandler` when the
   *   file is missing, has a syntax error or lacks the export.
   */
  deploy(input: FunctionInput): Promise<FunctionVersion>
  functions(): FunctionVersion[]
  /** @throws SandlotError `ResourceNotFound`, `InvalidRequestContent`, `RequestTooLarge`, `TooManyRequests`, `Closing`. */
  invoke(input: InvokeInput): Promise<InvokeResult>
  sandboxes(): SandboxView[]
  /** Stops idle sandboxes: of one function, or all. Busy ones finish and are stopped then. Returns how many are stopped. */
  evict(functionName?: string): Promise<number>
  /** Hears every platform event from now on. Returns the way to stop hearing. */
  onEvent(listener: (event: PlatformEvent) => void): () => void
  /** Refuses new work, ends what runs, removes everything. Safe to call twice. */
  close(): Promise<void>
}
