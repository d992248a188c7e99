import { invariant } from '../kernel/invariant.ts'
import type { ConcurrencyKind } from '../telemetry/platform-events.ts'
import type { AdmissionSnapshot } from './admission-policy.ts'
import type { FunctionKey } from './scheduler-events.ts'
import type { RateLimits } from './scheduler-options.ts'
import { bucketOf, type TokenBucket } from './token-bucket.ts'

/** What one function, in all its versions, has and takes. Changed by the ledger only. */
export interface FunctionAccount {
  readonly key: FunctionKey
  reserved: number | undefined
  /** Requested, over its versions. */
  provisioned: number
  /** In flight: all, and those of them that run on demand. */
  inFlight: number
  onDemand: number
  /** Requests of its reservation; `undefined`: no reservation, or no limit. */
  requestRate: TokenBucket | undefined
  /** Its new environments; `undefined`: no limit. */
  readonly environmentRate: TokenBucket | undefined
}

/**
 * Who is running how often right now, and who has reserved what. What is taken must be released
 * exactly once; a balance below zero is a bug of ours and says so. All sums are kept up to date: the
 * price of an admission does not depend on how many functions there are.
 */
export class ConcurrencyLedger {
  readonly #accountLimit: number
  readonly #rates: RateLimits
  readonly #accounts = new Map<FunctionKey, FunctionAccount>()
  #requestRate: TokenBucket | undefined
  #callerRate: TokenBucket | undefined
  #hasRates = false
  #total = 0
  #unreservedInFlight = 0
  /** Reserved, or provisioned without a reservation: not in the unreserved pool. */
  #claimed = 0

  /** @param accountLimit invocations at once over all functions. */
  constructor(accountLimit: number, rates: RateLimits) {
    this.#accountLimit = accountLimit
    this.#rates = rates
  }

  /** The account of a function, made when it is first asked for. */
  account(key: FunctionKey, nowUs: number): FunctionAccount {
    this.#fillOnce(nowUs)
    const known = this.#accounts.get(key)
    if (known !== undefined) return known
    const { environmentsPer10s } = this.#rates
    const account: FunctionAccount = {
      key,
      reserved: undefined,
      provisioned: 0,
      inFlight: 0,
      onDemand: 0,
      requestRate: undefined,
      environmentRate: bucketOf(environmentsPer10s / 10, nowUs, environmentsPer10s),
    }
    this.#accounts.set(key, account)
    return account
  }

  /** Sets, changes or (with `undefined`) removes a function's reservation. */
  reserve(account: FunctionAccount, reserved: number | undefined, nowUs: number): void {
    if (account.reserved === reserved) return
    this.#uncount(account)
    account.reserved = reserved
    this.#count(account)
    const { requestsPerConcurrency } = this.#rates
    account.requestRate =
      reserved === undefined || reserved === 0
        ? undefined
        : bucketOf(requestsPerConcurrency * reserved, nowUs)
  }

  /** Adds to what is provisioned of the function; takes away if negative. */
  provision(account: FunctionAccount, more: number): void {
    this.#uncount(account)
    account.provisioned += more
    if (account.provisioned < 0) invariant(false, `provisioned of '${account.key}' below zero`)
    this.#count(account)
  }

  /** An admitted invocation begins: it takes concurrency, and what the rates give. */
  take(account: FunctionAccount, kind: ConcurrencyKind, nowUs: number): void {
    this.#total += 1
    account.inFlight += 1
    if (kind === 'provisioned') return
    account.onDemand += 1
    if (account.reserved === undefined) this.#unreservedInFlight += 1
    this.#rateOf(account)?.take(nowUs)
  }

  release(account: FunctionAccount, kind: ConcurrencyKind): void {
    if (account.inFlight <= 0)
      invariant(false, `concurrency of '${account.key}' released below zero`)
    this.#total -= 1
    account.inFlight -= 1
    if (kind === 'provisioned') return
    if (account.onDemand <= 0)
      invariant(false, `concurrency on demand of '${account.key}' below zero`)
    account.onDemand -= 1
    if (account.reserved === undefined) this.#unreservedInFlight -= 1
  }

  /** Whether the callers may send another request; asking counts as one. */
  callerRateAllows(nowUs: number): boolean {
    return this.#callerRate?.take(nowUs) ?? true
  }

  /** Invocations in flight over all functions. */
  total(): number {
    return this.#total
  }

  /** All that the admission of one more invocation of the function depends on. */
  snapshot(
    account: FunctionAccount,
    provisionedIsFree: boolean,
    callerRateAllows: boolean,
    nowUs: number,
  ): AdmissionSnapshot {
    return {
      accountLimit: this.#accountLimit,
      totalInFlight: this.#total,
      unreservedPool: Math.max(0, this.#accountLimit - this.#claimed),
      unreservedInFlight: this.#unreservedInFlight,
      reserved: account.reserved,
      functionProvisioned: account.provisioned,
      functionOnDemand: account.onDemand,
      provisionedIsFree,
      callerRateAllows,
      requestRateAllows: this.#rateOf(account)?.has(nowUs) ?? true,
    }
  }

  /** When a request that its rate does not allow now could be allowed, microseconds from now. */
  usUntilRequest(account: FunctionAccount, nowUs: number): number {
    return this.#rateOf(account)?.usUntil(nowUs) ?? 0
  }

  usUntilCall(nowUs: number): number {
    return this.#callerRate?.usUntil(nowUs) ?? 0
  }

  /** A reservation has a rate of its own; all others share the account's. */
  #rateOf({ reserved, requestRate }: FunctionAccount): TokenBucket | undefined {
    return reserved === undefined ? this.#requestRate : requestRate
  }

  #count(account: FunctionAccount): void {
    this.#claimed += account.reserved ?? account.provisioned
    if (account.reserved === undefined) this.#unreservedInFlight += account.onDemand
  }

  #uncount(account: FunctionAccount): void {
    this.#claimed -= account.reserved ?? account.provisioned
    if (account.reserved === undefined) this.#unreservedInFlight -= account.onDemand
  }

  /** Buckets are full at the first instant that is heard of: the clock's origin is arbitrary. */
  #fillOnce(nowUs: number): void {
    if (this.#hasRates) return
    this.#hasRates = true
    const { requestsPerConcurrency, callerRequestsPerSecond } = this.#rates
    this.#requestRate = bucketOf(requestsPerConcurrency * this.#accountLimit, nowUs)
    this.#callerRate = bucketOf(callerRequestsPerSecond, nowUs)
  }
}
