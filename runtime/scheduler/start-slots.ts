import { invariant } from '../kernel/invariant.ts'

/**
 * Bounds how many starts run at once. Further ones wait in order of arrival; those that an invocation
 * waits for come before those ahead of demand.
 */
export class StartSlots<Item extends object> {
  readonly #slots: number
  readonly #urgent = new Set<Item>()
  readonly #ahead = new Set<Item>()
  #taken = 0

  /** @param slots starts at the same time, at least 1. */
  constructor(slots: number) {
    this.#slots = slots
  }

  enqueue(item: Item, isUrgent: boolean): void {
    ;(isUrgent ? this.#urgent : this.#ahead).add(item)
  }

  /** Takes it out of the queue, where it waits no longer. */
  cancel(item: Item): void {
    this.#urgent.delete(item)
    this.#ahead.delete(item)
  }

  /** The next one whose turn it is, if a slot is free; it has the slot then. */
  take(): Item | undefined {
    if (this.#taken >= this.#slots) return undefined
    const waiting = this.#urgent.size > 0 ? this.#urgent : this.#ahead
    for (const item of waiting) {
      waiting.delete(item)
      this.#taken += 1
      return item
    }
    return undefined
  }

  release(): void {
    invariant(this.#taken > 0, 'start slot released twice')
    this.#taken -= 1
  }
}
