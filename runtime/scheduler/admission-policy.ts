import type { ThrottleReason } from '../kernel/errors.ts'

/** All that admission depends on, at one instant. Counts of invocations. */
export interface AdmissionSnapshot {
  /** Invocations at once over all functions. */
  readonly accountLimit: number
  /** Sum of the reservations of all functions. */
  readonly reservedInTotal: number
  /** The function's own reservation; `undefined` when it shares the unreserved pool. */
  readonly reserved: number | undefined
  /** In flight: of all functions; of this one; of all without a reservation. */
  readonly totalInFlight: number
  readonly functionInFlight: number
  readonly unreservedInFlight: number
}

export type Admission =
  | { readonly admitted: true }
  | { readonly admitted: false; readonly reason: ThrottleReason }

/**
 * May one more invocation run now? A reservation is both a guarantee and a cap; what is not
 * reserved is shared. A refused invocation is throttled at once: a synchronous one never waits.
 * Source: AWS Lambda Developer Guide, "Understanding Lambda function scaling".
 */
export function admit(snapshot: AdmissionSnapshot): Admission {
  // A reservation cannot add capacity, even where more was reserved than the account has.
  if (snapshot.totalInFlight >= snapshot.accountLimit) {
    const reason =
      snapshot.reserved !== undefined && snapshot.functionInFlight >= snapshot.reserved
        ? 'ReservedFunctionConcurrentInvocationLimitExceeded'
        : 'ConcurrentInvocationLimitExceeded'
    return { admitted: false, reason }
  }
  if (snapshot.reserved !== undefined) {
    return snapshot.functionInFlight < snapshot.reserved
      ? { admitted: true }
      : { admitted: false, reason: 'ReservedFunctionConcurrentInvocationLimitExceeded' }
  }
  const unreservedPool = Math.max(0, snapshot.accountLimit - snapshot.reservedInTotal)
  return snapshot.unreservedInFlight < unreservedPool
    ? { admitted: true }
    : { admitted: false, reason: 'ConcurrentInvocationLimitExceeded' }
}
