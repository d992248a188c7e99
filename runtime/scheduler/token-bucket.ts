import { invariant } from '../kernel/invariant.ts'
import { US_PER_SECOND } from '../kernel/units.ts'

export interface TokenBucketOptions {
  /** Tokens at most, and at first. */
  readonly capacity: number
  readonly refillPerSecond: number
}

/**
 * A rate with a burst: tokens come back steadily up to the capacity, so that what is not used does not
 * add up. Counted in ten-millionths of a token, of which a whole number comes back each microsecond, also
 * of a rate that is given for 10 s: no rounding decides whether a token is there at the instant at which
 * it is due.
 */
export class TokenBucket {
  readonly #full: number
  readonly #refillPerUs: number
  #level: number
  #atUs: number

  /** @param nowUs when it is full, monotonic microseconds. */
  constructor({ capacity, refillPerSecond }: TokenBucketOptions, nowUs: number) {
    invariant(capacity > 0 && refillPerSecond > 0, 'a bucket that never has a token')
    this.#full = capacity * TOKEN
    this.#refillPerUs = (refillPerSecond * TOKEN) / US_PER_SECOND
    this.#level = this.#full
    this.#atUs = nowUs
  }

  has(nowUs: number): boolean {
    this.#refill(nowUs)
    return this.#level >= TOKEN
  }

  /** Takes a token; false when there is none. */
  take(nowUs: number): boolean {
    if (!this.has(nowUs)) return false
    this.#level -= TOKEN
    return true
  }

  /** Microseconds until there is a token; 0: there is one. */
  usUntil(nowUs: number): number {
    if (this.has(nowUs)) return 0
    return Math.ceil((TOKEN - this.#level) / this.#refillPerUs)
  }

  #refill(nowUs: number): void {
    if (nowUs <= this.#atUs) return
    this.#level = Math.min(this.#full, this.#level + (nowUs - this.#atUs) * this.#refillPerUs)
    this.#atUs = nowUs
  }
}

const TOKEN = 10_000_000

/** `undefined` for a rate without a limit. */
export const bucketOf = (
  perSecond: number,
  nowUs: number,
  capacity = perSecond,
): TokenBucket | undefined =>
  Number.isFinite(perSecond)
    ? new TokenBucket({ capacity, refillPerSecond: perSecond }, nowUs)
    : undefined
