export interface FunctionId {
  /** Tells it from all others of the trace. */
  readonly key: string
  /** The same of its application. */
  readonly appKey: string
  /** Short. */
  readonly name: string
}

/** The functions of a trace in the order in which they first came, and short names for them. */
export class FunctionNames {
  readonly #indices = new Map<string, number>()
  readonly #names = new Set<string>()
  readonly all: FunctionId[] = []

  get size(): number {
    return this.all.length
  }

  /** @param ids of function and of what it is in, the function last: owner, application, function. */
  indexOf(ids: readonly string[]): number {
    const key = ids.join('/')
    const known = this.#indices.get(key)
    if (known !== undefined) return known
    const index = this.all.length
    const short = ids.slice(-2).map(shortened).join('-')
    const name = this.#names.has(short) ? key : short
    this.#names.add(name)
    this.#indices.set(key, index)
    this.all.push({ key, appKey: ids.slice(0, -1).join('/'), name })
    return index
  }
}

/** Of a hash, as much as tells it from others. */
const shortened = (id: string): string => (/^[0-9a-f]{32,}$/i.test(id) ? id.slice(0, 8) : id)
