import { usToMs } from '../kernel/units.ts'
import type { LatencySummary } from './simulation-outcome.ts'

/** Each power of two has so many buckets, so that one is at most a thousandth of its value wide. */
const BITS = 10
const BUCKETS_PER_DOUBLING = 2 ** BITS
/** Up to 2^31 - 1 is counted as it is, what is above without its lowest 16 bits. */
const SMALL = 2 ** 31
const SHIFT = 16
/** Up to 2^47 microseconds: four years. */
const LENGTH = (31 - BITS + SHIFT + 1) * BUCKETS_PER_DOUBLING

/** Samples that must lie beyond a quantile before it says anything. */
const MIN_BEYOND = 10

/**
 * Counts latencies in buckets that grow with the value. A quantile is the middle of the bucket of the
 * sample of that rank: exact below 2,048 µs, within 0.05 % above. Count, least and most are exact.
 */
export class LatencyHistogram {
  readonly #counts = new Float64Array(LENGTH)
  #n = 0
  #minUs = Number.POSITIVE_INFINITY
  #maxUs = Number.NEGATIVE_INFINITY

  /** @param us whole microseconds, not negative. */
  record(us: number): void {
    const bucket = bucketOf(us)
    this.#counts[bucket] = (this.#counts[bucket] as number) + 1
    this.#n += 1
    if (us < this.#minUs) this.#minUs = us
    if (us > this.#maxUs) this.#maxUs = us
  }

  /** Takes in what another one has counted. */
  add(other: LatencyHistogram): void {
    for (let bucket = 0; bucket < LENGTH; bucket += 1) {
      const more = other.#counts[bucket] as number
      if (more > 0) this.#counts[bucket] = (this.#counts[bucket] as number) + more
    }
    this.#n += other.#n
    this.#minUs = Math.min(this.#minUs, other.#minUs)
    this.#maxUs = Math.max(this.#maxUs, other.#maxUs)
  }

  summary(): LatencySummary {
    const isEmpty = this.#n === 0
    return {
      n: this.#n,
      min: isEmpty ? null : usToMs(this.#minUs),
      p50: this.#quantileMs(0.5),
      p90: this.#quantileMs(0.9),
      p99: this.#quantileMs(0.99),
      p999: this.#quantileMs(0.999),
      max: isEmpty ? null : usToMs(this.#maxUs),
    }
  }

  /** The sample of which at least the share `q` is not above it; `null` when it stands for too few. */
  #quantileMs(q: number): number | null {
    // A hair of slack: in binary a tenth of 100 is a little less than 10.
    if (this.#n * (1 - q) < MIN_BEYOND - 1e-6) return null
    let left = Math.ceil(this.#n * q - 1e-6)
    for (let bucket = 0; bucket < LENGTH; bucket += 1) {
      left -= this.#counts[bucket] as number
      if (left > 0) continue
      // The middle of a bucket may lie beyond all that is in it.
      return usToMs(Math.min(this.#maxUs, Math.max(this.#minUs, middleOf(bucket))))
    }
    return null
  }
}

function bucketOf(us: number): number {
  if (us < SMALL) return bucketOfInteger(us)
  const bucket = bucketOfInteger(Math.floor(us / 2 ** SHIFT)) + SHIFT * BUCKETS_PER_DOUBLING
  return Math.min(bucket, LENGTH - 1)
}

/** The integers below 2,048 have a bucket each; from there on, the highest eleven bits decide. */
function bucketOfInteger(value: number): number {
  const shift = 31 - BITS - Math.clz32(value)
  return shift <= 0 ? value : shift * BUCKETS_PER_DOUBLING + (value >>> shift)
}

function middleOf(bucket: number): number {
  if (bucket < 2 * BUCKETS_PER_DOUBLING) return bucket
  const shift = Math.floor(bucket / BUCKETS_PER_DOUBLING) - 1
  const width = 2 ** shift
  return (bucket - shift * BUCKETS_PER_DOUBLING) * width + (width - 1) / 2
}
