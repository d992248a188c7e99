export interface HeapItem {
  /** When it came, kept by the heap; 0: it is not in it. */
  heapSequence: number
}

/**
 * The sandboxes that could be evicted, the one of least worth first; of equal worth, that which came
 * first. What is taken out stays where it is, as a gap, until it comes up or gaps are the most: a
 * sandbox comes and goes with every invocation, and is hardly ever evicted.
 */
export class IdleHeap<Item extends HeapItem> {
  #entries: Entry<Item>[] = []
  #live = 0
  #sequence = 0

  /** Of those that are in it. */
  least(): Item | undefined {
    for (;;) {
      const top = this.#entries[0]
      if (top === undefined || isLive(top)) return top?.item
      this.#removeTop()
    }
  }

  /** @param item is not in it. */
  add(item: Item, worth: number): void {
    this.#sequence += 1
    item.heapSequence = this.#sequence
    this.#live += 1
    this.#rise({ item, worth, sequence: this.#sequence }, this.#entries.length)
  }

  /** @param item is in it. */
  remove(item: Item): void {
    item.heapSequence = 0
    this.#live -= 1
    const { length } = this.#entries
    if (length > LEAST_TO_COMPACT && length > 2 * this.#live) this.#compact()
  }

  #compact(): void {
    // What is sorted is a heap.
    this.#entries = this.#entries.filter(isLive).sort((a, b) => (isBefore(a, b) ? -1 : 1))
  }

  #removeTop(): void {
    const last = this.#entries.pop()
    if (last !== undefined && this.#entries.length > 0) this.#sink(last)
  }

  #rise(entry: Entry<Item>, from: number): void {
    const entries = this.#entries
    let index = from
    while (index > 0) {
      const parentIndex = (index - 1) >> 1
      const parent = entries[parentIndex] as Entry<Item>
      if (!isBefore(entry, parent)) break
      entries[index] = parent
      index = parentIndex
    }
    entries[index] = entry
  }

  /** From the top. */
  #sink(entry: Entry<Item>): void {
    const entries = this.#entries
    const { length } = entries
    let index = 0
    for (;;) {
      let child = 2 * index + 1
      if (child >= length) break
      const right = child + 1
      if (
        right < length &&
        isBefore(entries[right] as Entry<Item>, entries[child] as Entry<Item>)
      ) {
        child = right
      }
      const least = entries[child] as Entry<Item>
      if (!isBefore(least, entry)) break
      entries[index] = least
      index = child
    }
    entries[index] = entry
  }
}

const LEAST_TO_COMPACT = 64

interface Entry<Item extends HeapItem> {
  readonly item: Item
  readonly worth: number
  readonly sequence: number
}

const isLive = ({ item, sequence }: Entry<HeapItem>): boolean => item.heapSequence === sequence

const isBefore = (a: Entry<HeapItem>, b: Entry<HeapItem>): boolean =>
  a.worth < b.worth || (a.worth === b.worth && a.sequence < b.sequence)
