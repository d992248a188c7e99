import { BoundedQueue } from '../kernel/bounded-queue.ts'
import { invariant } from '../kernel/invariant.ts'

/** Bounds how many starts run at once; further ones wait in order of arrival. */
export class StartSlots<Item> {
  readonly #slots: number
  readonly #waiting: BoundedQueue<Item>
  #taken = 0

  /**
   * @param slots starts at the same time, at least 1.
   * @param capacity how many may wait; more is a bug of the caller's.
   */
  constructor(slots: number, capacity: number) {
    this.#slots = slots
    this.#waiting = new BoundedQueue(Math.max(1, capacity))
  }

  enqueue(item: Item): void {
    invariant(this.#waiting.push(item), 'more starts waiting than invocations admitted')
  }

  /** Takes it out of the queue, where it waits no longer. */
  cancel(item: Item): void {
    this.#waiting.remove((waiting) => waiting === item)
  }

  /** The next one whose turn it is, if a slot is free; it has the slot then. */
  take(): Item | undefined {
    if (this.#taken >= this.#slots) return undefined
    const item = this.#waiting.shift()
    if (item !== undefined) this.#taken += 1
    return item
  }

  release(): void {
    invariant(this.#taken > 0, 'start slot released twice')
    this.#taken -= 1
  }
}
