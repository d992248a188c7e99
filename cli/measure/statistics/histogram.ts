import {
  build,
  decodeFromCompressedBase64,
  encodeIntoCompressedBase64,
  type Histogram,
} from 'hdr-histogram-js'
import { invariant } from '../../../runtime/kernel/invariant.ts'
import type { Distribution } from '../results/figures.ts'
import { isSupported, summarise } from './quantiles.ts'

const LEAST_US = 1
const MOST_US = 3_600_000_000
const US_PER_MS = 1_000
const DIGITS = 3

/**
 * Times, counted in HdrHistogram's buckets of three significant digits: however many there are, it
 * takes the same memory, and two of them merge into what one would have counted.
 *
 * Times are kept as whole microseconds. Those under 1 µs count as 1 µs, those over 1 h as 1 h.
 */
export class LatencyHistogram {
  readonly #histogram: Histogram
  /** Exact where the times were recorded here; of their bucket after `decode`. */
  #leastUs: number
  #mostUs: number

  constructor(histogram = build(SETTINGS)) {
    this.#histogram = histogram
    this.#leastUs = histogram.totalCount === 0 ? MOST_US : histogram.minNonZeroValue
    this.#mostUs = histogram.totalCount === 0 ? LEAST_US : histogram.maxValue
  }

  /** @throws whatever the text breaks: it is not what `encode` has written. */
  static decode(text: string): LatencyHistogram {
    return new LatencyHistogram(decodeFromCompressedBase64(text))
  }

  record(ms: number): void {
    invariant(!Number.isNaN(ms), 'a time is a number')
    const us = Math.min(MOST_US, Math.max(LEAST_US, Math.round(ms * US_PER_MS)))
    this.#histogram.recordValue(us)
    this.#leastUs = Math.min(this.#leastUs, us)
    this.#mostUs = Math.max(this.#mostUs, us)
  }

  /** Counts all that `other` has counted. */
  merge(other: LatencyHistogram): void {
    if (other.n === 0) return
    this.#histogram.add(other.#histogram)
    this.#leastUs = Math.min(this.#leastUs, other.#leastUs)
    this.#mostUs = Math.max(this.#mostUs, other.#mostUs)
  }

  get n(): number {
    return this.#histogram.totalCount
  }

  get minMs(): number | null {
    return this.n === 0 ? null : this.#leastUs / US_PER_MS
  }

  get maxMs(): number | null {
    return this.n === 0 ? null : this.#mostUs / US_PER_MS
  }

  /** `null` when fewer than ten times lie beyond it. */
  quantileMs(q: number): number | null {
    if (!isSupported(this.n, q)) return null
    // A bucket's upper end may lie beyond the largest time in it.
    const us = Math.min(this.#mostUs, this.#histogram.getValueAtPercentile(q * 100))
    return Math.max(this.#leastUs, us) / US_PER_MS
  }

  /** HdrHistogram V2, compressed, base64. */
  encode(): string {
    return encodeIntoCompressedBase64(this.#histogram)
  }
}

const SETTINGS = {
  lowestDiscernibleValue: LEAST_US,
  highestTrackableValue: MOST_US,
  numberOfSignificantValueDigits: DIGITS,
  // Counts of up to 2^53 - 1.
  bitBucketSize: 64,
} as const

/** Of times that are all at hand: its quantiles are exact, not those of buckets. */
export function distributionOf(samplesMs: readonly number[]): Distribution {
  const histogram = new LatencyHistogram()
  for (const ms of samplesMs) histogram.record(ms)
  const { n, min, p50, p90, p99, p999, max } = summarise(samplesMs)
  return {
    n,
    min: min ?? null,
    p50: p50 ?? null,
    p90: p90 ?? null,
    p99: p99 ?? null,
    p999: p999 ?? null,
    max: max ?? null,
    histogram: histogram.encode(),
  }
}

/** Of times that were only counted: quantiles to three digits. */
export function distributionFrom(histogram: LatencyHistogram): Distribution {
  return {
    n: histogram.n,
    min: histogram.minMs,
    p50: histogram.quantileMs(0.5),
    p90: histogram.quantileMs(0.9),
    p99: histogram.quantileMs(0.99),
    p999: histogram.quantileMs(0.999),
    max: histogram.maxMs,
    histogram: histogram.encode(),
  }
}
