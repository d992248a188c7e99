/** Two values of one bucket differ by 2 % at most, so a percentile is wrong by 1 % at most. */
const GROWTH = Math.log(1.02)
/** What is nearer to 0 counts as 0; what is further away counts as this far. */
const LEAST = 1e-9
const MOST = 1e15
const OFFSET = 1 - Math.floor(Math.log(LEAST) / GROWTH)

/**
 * Values counted in buckets whose width grows with the value. However many there are, there are at
 * most 5,600 buckets, and those without a value take nothing.
 */
export class ValueHistogram {
  readonly #buckets = new Map<number, number>()

  record(value: number): void {
    this.#add(bucketOf(value), 1)
  }

  merge(other: ValueHistogram): void {
    for (const [bucket, count] of other.#buckets) this.#add(bucket, count)
  }

  /** The value that so many values do not exceed, to 1 %; `undefined` when there are fewer. */
  ofRank(rank: number): number | undefined {
    let below = 0
    for (const [bucket, count] of [...this.#buckets].sort(([a], [b]) => a - b)) {
      below += count
      if (below >= rank) return middleOf(bucket)
    }
    return undefined
  }

  #add(bucket: number, count: number): void {
    this.#buckets.set(bucket, (this.#buckets.get(bucket) ?? 0) + count)
  }
}

function bucketOf(value: number): number {
  const size = Math.min(MOST, Math.abs(value))
  if (size < LEAST) return 0
  return Math.sign(value) * (Math.floor(Math.log(size) / GROWTH) + OFFSET)
}

const middleOf = (bucket: number): number =>
  bucket === 0 ? 0 : Math.sign(bucket) * Math.exp((Math.abs(bucket) - OFFSET + 0.5) * GROWTH)
