import type { SandboxId } from '../kernel/ids.ts'
import type { Random } from '../kernel/random.ts'
import type { KeepAliveOptions } from './keep-alive/keep-alive.ts'

export interface SchedulerOptions {
  /** Invocations at once over all functions. */
  readonly accountLimit: number
  /** What all sandboxes together may take of the machine's memory, idle ones included. */
  readonly memoryBudgetMb: number
  /** Sandboxes that are being started at once; further ones wait their turn. */
  readonly maxParallelStarts: number
  /** Limit of an init phase on demand. Lambda: 10 s. */
  readonly initTimeoutUs: number
  /** The same of provisioned sandboxes; the function's timeout where that is longer. Lambda: 130 s. */
  readonly provisionedInitTimeoutUs: number
  /** A sandbox that stays idle this long is frozen: under load it is simply reused. */
  readonly freezeDelayUs: number
  readonly keepAlive: KeepAliveOptions
  readonly reuse: ReuseOrder
  readonly recycling: Recycling
  readonly rates: RateLimits
  /** For what the policies leave to chance. */
  readonly random: Random
  readonly newSandboxId: () => SandboxId
}

/** Which of several idle sandboxes takes an invocation: the one used last, or the one idle longest. */
export type ReuseOrder = 'most-recent' | 'least-recent'

/** When a sandbox is replaced though it is in use: as soon as it is idle. `Infinity`: never. */
export interface Recycling {
  /** Its age, drawn evenly between the two for each, microseconds. */
  readonly leastAgeUs: number
  readonly mostAgeUs: number
  readonly afterInvocations: number
}

export const NO_RECYCLING: Recycling = {
  leastAgeUs: Number.POSITIVE_INFINITY,
  mostAgeUs: Number.POSITIVE_INFINITY,
  afterInvocations: Number.POSITIVE_INFINITY,
}

/** How fast things may go. `Infinity`: as fast as they come. */
export interface RateLimits {
  /** New environments of one function within 10 s, refilled steadily. */
  readonly environmentsPer10s: number
  /** Requests a second for each unit of concurrency: of the account, a reservation, a provisioned sandbox. */
  readonly requestsPerConcurrency: number
  /** Requests a second of all callers together: no quota of Lambda's for invocations. */
  readonly callerRequestsPerSecond: number
  /** Provisioned environments that begin within a second, for each version. */
  readonly allocationsPerSecond: number
}

/**
 * AWS Lambda Developer Guide, "Lambda quotas", "Understanding Lambda function scaling" and
 * "Configuring provisioned concurrency" (6,000 environments a minute).
 */
export const LAMBDA_RATES: RateLimits = {
  environmentsPer10s: 1_000,
  requestsPerConcurrency: 10,
  callerRequestsPerSecond: Number.POSITIVE_INFINITY,
  allocationsPerSecond: 100,
}

export const NO_RATES: RateLimits = {
  environmentsPer10s: Number.POSITIVE_INFINITY,
  requestsPerConcurrency: Number.POSITIVE_INFINITY,
  callerRequestsPerSecond: Number.POSITIVE_INFINITY,
  allocationsPerSecond: Number.POSITIVE_INFINITY,
}
