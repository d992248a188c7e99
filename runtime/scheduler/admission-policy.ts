import type { ThrottleReason } from '../kernel/errors.ts'

/** All that admission depends on, at one instant. Counts of invocations. */
export interface AdmissionSnapshot {
  /** Invocations at once over all functions. */
  readonly accountLimit: number
  /** In flight, of all functions. */
  readonly totalInFlight: number
  /** What functions without a reservation share: the account less all that is reserved or provisioned. */
  readonly unreservedPool: number
  /** In flight on demand, of all functions without a reservation. */
  readonly unreservedInFlight: number
  /** The function's own reservation; `undefined` when it shares the unreserved pool. */
  readonly reserved: number | undefined
  /** What is provisioned of the function, in all its versions; busy or not, it is taken. */
  readonly functionProvisioned: number
  /** In flight on demand, of the function in all its versions. */
  readonly functionOnDemand: number
  /** A provisioned sandbox of the version is free, and its rate allows another request. */
  readonly provisionedIsFree: boolean
  /** Whether the rates allow another request: of the caller, and of the reservation or account. */
  readonly callerRateAllows: boolean
  readonly requestRateAllows: boolean
}

export type Admission =
  | { readonly admitted: true; readonly provisioned: boolean }
  | { readonly admitted: false; readonly reason: ThrottleReason; readonly isRate: boolean }

/**
 * May one more invocation run now? A reservation is both a guarantee and a cap; what is not reserved is
 * shared. What is provisioned is taken first and needs no other admission; beyond it an invocation
 * spills over to on demand, for which a reservation has what is not provisioned. A refused invocation
 * is throttled at once: a synchronous one never waits.
 * Source: AWS Lambda Developer Guide, "Understanding Lambda function scaling" and "Configuring
 * provisioned concurrency".
 */
export function admit(snapshot: AdmissionSnapshot): Admission {
  const { reserved } = snapshot
  if (reserved === 0) return RESERVED_USED_UP
  if (!snapshot.callerRateAllows) return CALLER_TOO_FAST
  if (snapshot.provisionedIsFree) return ON_PROVISIONED
  if (reserved !== undefined) {
    if (snapshot.functionOnDemand >= reserved - snapshot.functionProvisioned) {
      return RESERVED_USED_UP
    }
    // A reservation cannot add capacity, even where more was reserved than the account has.
    if (snapshot.totalInFlight >= snapshot.accountLimit) return ACCOUNT_USED_UP
    return snapshot.requestRateAllows ? ON_DEMAND : RESERVED_TOO_FAST
  }
  const isUsedUp =
    snapshot.totalInFlight >= snapshot.accountLimit ||
    snapshot.unreservedInFlight >= snapshot.unreservedPool
  if (isUsedUp) return ACCOUNT_USED_UP
  return snapshot.requestRateAllows ? ON_DEMAND : ACCOUNT_TOO_FAST
}

/** Whether a new environment may be started now, if the rate of the function's new environments allows it. */
export function admitEnvironment(rateAllows: boolean, reserved: number | undefined): Admission {
  if (rateAllows) return ON_DEMAND
  return reserved === undefined ? ACCOUNT_TOO_FAST : RESERVED_TOO_FAST
}

const refusal = (reason: ThrottleReason, isRate: boolean): Admission => ({
  admitted: false,
  reason,
  isRate,
})

// One of each: one is needed for every invocation.
const ON_PROVISIONED: Admission = { admitted: true, provisioned: true }
const ON_DEMAND: Admission = { admitted: true, provisioned: false }
const RESERVED_USED_UP = refusal('ReservedFunctionConcurrentInvocationLimitExceeded', false)
const ACCOUNT_USED_UP = refusal('ConcurrentInvocationLimitExceeded', false)
const RESERVED_TOO_FAST = refusal('ReservedFunctionInvocationRateLimitExceeded', true)
const ACCOUNT_TOO_FAST = refusal('FunctionInvocationRateLimitExceeded', true)
const CALLER_TOO_FAST = refusal('CallerRateLimitExceeded', true)
