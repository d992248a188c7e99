import type { Random } from '../../../../runtime/kernel/random.ts'
import { US_PER_SECOND } from '../../../../runtime/kernel/units.ts'
import type { Arrival } from '../../../../runtime/simulation/workload.ts'

const US_PER_MINUTE = 60 * US_PER_SECOND

/**
 * How many invocations of which function came in which minute. Only what is not zero is kept, eight
 * bytes each: a day of the Azure trace, 46,000 functions, takes some tens of megabytes.
 */
export class MinuteCounts {
  readonly #minutes: readonly Pairs[]
  #total = 0

  constructor(minutes: number) {
    this.#minutes = Array.from({ length: minutes }, () => new Pairs())
  }

  add(minute: number, fn: number, count: number): void {
    this.#minutes[minute]?.push(fn, count)
    this.#total += count
  }

  /** Of all minutes together. */
  get total(): number {
    return this.#total
  }

  /**
   * The invocations in their order. Within its minute each comes at any instant, evenly drawn; only
   * those of one minute are held at a time.
   *
   * @param functions how many there are; each `fn` is below.
   */
  *arrivals(functions: number, random: Random): Generator<Arrival> {
    for (const [minute, pairs] of this.#minutes.entries()) {
      if (pairs.total === 0) continue
      // One number for both, instant first, so that a plain sort of numbers puts them in order.
      const keys = pairs.drawn((fn) => Math.floor(random.next() * US_PER_MINUTE) * functions + fn)
      for (const key of keys.sort()) {
        const withinUs = Math.floor(key / functions)
        yield { atUs: minute * US_PER_MINUTE + withinUs, fn: key - withinUs * functions }
      }
    }
  }
}

/** A function and a count, again and again. */
class Pairs {
  #values = new Uint32Array(2)
  #length = 0
  total = 0

  push(fn: number, count: number): void {
    if (this.#length === this.#values.length) {
      const larger = new Uint32Array(2 * this.#values.length)
      larger.set(this.#values)
      this.#values = larger
    }
    this.#values[this.#length] = fn
    this.#values[this.#length + 1] = count
    this.#length += 2
    this.total += count
  }

  /** `draw` for each single invocation. */
  drawn(draw: (fn: number) => number): Float64Array {
    const keys = new Float64Array(this.total)
    let next = 0
    for (let at = 0; at < this.#length; at += 2) {
      const fn = this.#values[at] ?? 0
      for (let left = this.#values[at + 1] ?? 0; left > 0; left -= 1) {
        keys[next] = draw(fn)
        next += 1
      }
    }
    return keys
  }
}
