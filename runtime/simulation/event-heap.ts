const CHILDREN = 4
const FIRST_CAPACITY = 1_024

/**
 * What is to come, the earliest first; of what is due at the same instant, that of the lowest order
 * number. Three numbers each and no object, since a simulated day adds some millions of them.
 */
export class EventHeap {
  #atUs = new Float64Array(FIRST_CAPACITY)
  #orders = new Float64Array(FIRST_CAPACITY)
  #codes = new Int32Array(FIRST_CAPACITY)
  #length = 0

  get length(): number {
    return this.#length
  }

  /** When the first one is due; `Infinity` when there is none. */
  get nextAtUs(): number {
    return this.#length === 0 ? Number.POSITIVE_INFINITY : (this.#atUs[0] as number)
  }

  /** Of the first one; there must be one. */
  get nextOrder(): number {
    return this.#orders[0] as number
  }

  get nextCode(): number {
    return this.#codes[0] as number
  }

  /**
   * @param order tells those of one instant apart; no two have the same.
   * @param code  whatever the caller knows it by: a 32-bit integer.
   */
  add(atUs: number, order: number, code: number): void {
    if (this.#length === this.#atUs.length) this.#grow()
    let index = this.#length
    this.#length += 1
    while (index > 0) {
      const parent = ((index - 1) / CHILDREN) | 0
      if (!this.#isBefore(atUs, order, parent)) break
      this.#move(parent, index)
      index = parent
    }
    this.#place(index, atUs, order, code)
  }

  /** Takes out the first one; there must be one. */
  removeNext(): void {
    this.#length -= 1
    const last = this.#length
    const atUs = this.#atUs[last] as number
    const order = this.#orders[last] as number
    const code = this.#codes[last] as number
    let index = 0
    for (;;) {
      const child = this.#leastChild(index)
      if (child === -1 || this.#isBefore(atUs, order, child)) break
      this.#move(child, index)
      index = child
    }
    this.#place(index, atUs, order, code)
  }

  #leastChild(parent: number): number {
    const first = CHILDREN * parent + 1
    if (first >= this.#length) return -1
    const end = Math.min(first + CHILDREN, this.#length)
    let least = first
    let atUs = this.#atUs[first] as number
    for (let child = first + 1; child < end; child += 1) {
      const childAtUs = this.#atUs[child] as number
      if (childAtUs > atUs) continue
      if (childAtUs === atUs && this.#comesLater(child, least)) continue
      least = child
      atUs = childAtUs
    }
    return least
  }

  #comesLater(index: number, other: number): boolean {
    return (this.#orders[index] as number) > (this.#orders[other] as number)
  }

  #isBefore(atUs: number, order: number, index: number): boolean {
    const otherUs = this.#atUs[index] as number
    return atUs < otherUs || (atUs === otherUs && order < (this.#orders[index] as number))
  }

  #move(from: number, to: number): void {
    this.#atUs[to] = this.#atUs[from] as number
    this.#orders[to] = this.#orders[from] as number
    this.#codes[to] = this.#codes[from] as number
  }

  #place(index: number, atUs: number, order: number, code: number): void {
    this.#atUs[index] = atUs
    this.#orders[index] = order
    this.#codes[index] = code
  }

  #grow(): void {
    const capacity = 2 * this.#atUs.length
    this.#atUs = copied(this.#atUs, new Float64Array(capacity))
    this.#orders = copied(this.#orders, new Float64Array(capacity))
    this.#codes = copied(this.#codes, new Int32Array(capacity))
  }
}

function copied<Numbers extends Float64Array | Int32Array>(from: Numbers, to: Numbers): Numbers {
  to.set(from)
  return to
}
