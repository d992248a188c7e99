import type { TimerHandle } from '../kernel/clock.ts'

/**
 * Timers in the order in which they are due: by deadline, those of one deadline in the order in
 * which they were set. Setting, cancelling and taking one costs O(log n); a cancelled timer is
 * forgotten at once, since most deadlines of invocations are cancelled long before they are due.
 */
export class TimerHeap {
  readonly #entries: Entry[] = []
  #sequence = 0

  /** The earliest deadline, monotonic microseconds; `undefined` when there is none. */
  get nextUs(): number | undefined {
    return this.#entries[0]?.atUs
  }

  /** What the next timer to be set will be numbered. */
  get nextSequence(): number {
    return this.#sequence
  }

  add(atUs: number, callback: () => void): TimerHandle {
    const entry: Entry = { atUs, callback, sequence: this.#sequence, index: this.#entries.length }
    this.#sequence += 1
    this.#entries.push(entry)
    this.#rise(entry)
    return { cancel: () => this.#remove(entry) }
  }

  /**
   * Takes the first timer that is due by `nowUs` and was numbered below `beforeSequence`; returns
   * its callback.
   */
  take(nowUs: number, beforeSequence: number): (() => void) | undefined {
    const first = this.#entries[0]
    if (first === undefined || first.atUs > nowUs || first.sequence >= beforeSequence) {
      return undefined
    }
    this.#remove(first)
    return first.callback
  }

  #remove(entry: Entry): void {
    const { index } = entry
    if (this.#entries[index] !== entry) return
    const last = this.#entries.pop() as Entry
    if (last === entry) return
    this.#put(last, index)
    this.#rise(last)
    this.#sink(last)
  }

  #rise(entry: Entry): void {
    while (entry.index > 0) {
      const parent = this.#entries[(entry.index - 1) >> 1] as Entry
      if (isBefore(parent, entry)) return
      this.#swap(parent, entry)
    }
  }

  #sink(entry: Entry): void {
    for (;;) {
      const left = this.#entries[2 * entry.index + 1]
      const right = this.#entries[2 * entry.index + 2]
      const child = right !== undefined && isBefore(right, left as Entry) ? right : left
      if (child === undefined || isBefore(entry, child)) return
      this.#swap(entry, child)
    }
  }

  #swap(one: Entry, other: Entry): void {
    const { index } = one
    this.#put(one, other.index)
    this.#put(other, index)
  }

  #put(entry: Entry, index: number): void {
    this.#entries[index] = entry
    entry.index = index
  }
}

interface Entry {
  readonly atUs: number
  readonly sequence: number
  readonly callback: () => void
  index: number
}

const isBefore = (one: Entry, other: Entry): boolean =>
  one.atUs < other.atUs || (one.atUs === other.atUs && one.sequence < other.sequence)
