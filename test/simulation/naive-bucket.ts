/**
 * Far more than the errors of adding fractions, and less than what comes back in a microsecond: at the
 * least a ten-millionth of a token, of one in 10 s.
 */
const NEARLY = 1e-8

/** A token bucket as one would write it without a thought: a level in tokens, filled by what time passed. */
export class NaiveBucket {
  readonly #perSecond: number
  readonly #capacity: number
  #level: number
  #atUs: number
  #isOver = false

  constructor(perSecond: number, nowUs = 0, capacity = perSecond) {
    this.#perSecond = perSecond
    this.#capacity = capacity
    this.#level = capacity
    this.#atUs = nowUs
  }

  /** One more; what comes too much takes nothing. */
  count(nowUs: number): void {
    this.#isOver = this.isEmpty(nowUs)
    this.#level = this.#levelAt(nowUs)
    this.#atUs = nowUs
    if (!this.#isOver) this.#level -= 1
  }

  /** Whether there is no token at that instant, which may be later than now, if none is taken before. */
  isEmpty(atUs: number): boolean {
    return Number.isFinite(this.#perSecond) && this.#levelAt(atUs) < 1 - NEARLY
  }

  /** Whether the one that was counted last came too much. */
  get wasTooMuch(): boolean {
    return this.#isOver
  }

  /** So long that what comes back meanwhile can be told from an error of adding fractions. */
  get tellableUs(): number {
    return Math.ceil((2 * NEARLY * 1_000_000) / this.#perSecond) + 1
  }

  #levelAt(atUs: number): number {
    if (!Number.isFinite(this.#perSecond)) return this.#level
    const gained = ((atUs - this.#atUs) / 1_000_000) * this.#perSecond
    return Math.min(this.#capacity, this.#level + gained)
  }
}
