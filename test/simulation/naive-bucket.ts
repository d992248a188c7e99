/** Far less than a token, far more than the errors of adding fractions. */
const NEARLY = 1e-6

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
    if (!this.#isOver) this.#level -= 1
  }

  isEmpty(nowUs: number): boolean {
    if (!Number.isFinite(this.#perSecond)) return false
    this.#fill(nowUs)
    return this.#level < 1 - NEARLY
  }

  /** Whether the one that was counted last came too much. */
  get wasTooMuch(): boolean {
    return this.#isOver
  }

  #fill(nowUs: number): void {
    const gained = ((nowUs - this.#atUs) / 1_000_000) * this.#perSecond
    this.#level = Math.min(this.#capacity, this.#level + gained)
    this.#atUs = nowUs
  }
}
