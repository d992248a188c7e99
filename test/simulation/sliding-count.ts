import type { FunctionKey } from '../../runtime/scheduler/scheduler-events.ts'

/** Counts what happened in every window of time there is: slow, and beyond doubt. */
export class SlidingCount {
  readonly #capacity: number
  readonly #perSecond: number
  readonly #atUs = new Map<FunctionKey, number[]>()

  /** @param capacity at most so many at once; after that `perSecond` more. */
  constructor(capacity: number, perSecond: number) {
    this.#capacity = capacity
    this.#perSecond = perSecond
  }

  add(key: FunctionKey, nowUs: number): void {
    const instants = this.#atUs.get(key)
    if (instants === undefined) this.#atUs.set(key, [nowUs])
    else instants.push(nowUs)
  }

  /** Throws if there were too many in some window. */
  check(): void {
    if (!Number.isFinite(this.#capacity)) return
    for (const instants of this.#atUs.values()) {
      for (const [first, fromUs] of instants.entries()) {
        for (let last = first; last < instants.length; last += 1) {
          const lastedUs = (instants[last] as number) - fromUs
          const most = this.#capacity + (lastedUs * this.#perSecond) / 1_000_000
          const count = last - first + 1
          if (count > most + 1e-6) throw new Error(`${count} within ${lastedUs} µs`)
        }
      }
    }
  }
}
