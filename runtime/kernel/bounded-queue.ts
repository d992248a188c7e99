import { invariant } from './invariant.ts'

/** First in, first out, with a capacity: whoever is refused decides what overflow means. */
export class BoundedQueue<Item> {
  readonly #capacity: number
  #items: (Item | undefined)[] = []
  #head = 0

  /** @param capacity at most this many items at once; a whole number of at least 1. */
  constructor(capacity: number) {
    invariant(Number.isInteger(capacity) && capacity >= 1, `queue capacity ${capacity}`)
    this.#capacity = capacity
  }

  get size(): number {
    return this.#items.length - this.#head
  }

  /** Appends and returns true, or returns false when the queue is full. */
  push(item: Item): boolean {
    if (this.size >= this.#capacity) return false
    this.#items.push(item)
    return true
  }

  /** The oldest item, removed; `undefined` when empty. */
  shift(): Item | undefined {
    if (this.size === 0) return undefined
    const item = this.#items[this.#head]
    this.#items[this.#head] = undefined
    this.#head += 1
    // Compact now and then, so that taking an item stays constant on average.
    if (this.#head > 64 && this.#head * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#head)
      this.#head = 0
    }
    return item
  }

  /** Removes the first item that `matches`; returns it, or `undefined`. */
  remove(matches: (item: Item) => boolean): Item | undefined {
    for (let index = this.#head; index < this.#items.length; index += 1) {
      const item = this.#items[index] as Item
      if (matches(item)) {
        this.#items.splice(index, 1)
        return item
      }
    }
    return undefined
  }
}
