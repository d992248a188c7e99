import { invariant } from '../../kernel/invariant.ts'
import { BIN_COUNT, BIN_US, HEAD_PERCENT, type IdleTimes, TAIL_PERCENT } from './hybrid-policy.ts'

/**
 * How long a version was idle, each time: how often in each minute up to 4 h, and how often longer.
 * About 1 kB. What is asked of it is brought up to date with each time that is added, never counted
 * anew.
 */
export class IdleHistogram implements IdleTimes {
  readonly #counts = new Uint32Array(BIN_COUNT)
  readonly #head = new PercentileBin(HEAD_PERCENT)
  readonly #tail = new PercentileBin(TAIL_PERCENT)
  #inRange = 0
  #outOfRange = 0
  #sumOfSquares = 0

  add(idleUs: number): void {
    invariant(idleUs >= 0, 'an idle time ends before it begins')
    const bin = Math.floor(idleUs / BIN_US)
    if (bin >= BIN_COUNT) {
      this.#outOfRange += 1
      return
    }
    const count = this.#counts[bin] as number
    this.#counts[bin] = count + 1
    this.#inRange += 1
    // (c + 1)² − c²
    this.#sumOfSquares += 2 * count + 1
    this.#head.added(bin, this.#counts, this.#inRange)
    this.#tail.added(bin, this.#counts, this.#inRange)
  }

  get inRange(): number {
    return this.#inRange
  }
  get outOfRange(): number {
    return this.#outOfRange
  }
  get sumOfSquares(): number {
    return this.#sumOfSquares
  }
  get headBin(): number {
    return this.#head.bin
  }
  get tailBin(): number {
    return this.#tail.bin
  }
}

/**
 * The first bin up to which there are at least so many percent of all. It moves only as far as one more
 * value takes it: mostly not at all.
 */
class PercentileBin {
  readonly #percent: number
  #bin = 0
  /** How many are in the bins before it. */
  #before = 0

  constructor(percent: number) {
    this.#percent = percent
  }

  get bin(): number {
    return this.#bin
  }

  /** @param counts with the one in `addedBin`. */
  added(addedBin: number, counts: Uint32Array, total: number): void {
    if (addedBin < this.#bin) this.#before += 1
    const rank = Math.ceil((this.#percent * total) / 100)
    while (this.#before >= rank) {
      this.#bin -= 1
      this.#before -= counts[this.#bin] as number
    }
    for (;;) {
      const upTo = this.#before + (counts[this.#bin] as number)
      if (upTo >= rank) return
      this.#before = upTo
      this.#bin += 1
    }
  }
}
