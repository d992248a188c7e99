/** With 95 % confidence the figure lies between the two. Same unit as the figure. */
export interface Interval {
  readonly low: number
  readonly high: number
}

/** A figure and how far it can be trusted; no interval where the samples are too few for one. */
export interface Estimate {
  readonly value: number
  readonly interval: Interval | null
}

/**
 * A distribution of times, milliseconds. A quantile is `null` when fewer than ten samples lie beyond
 * it; `max` is the largest that there was.
 */
export interface Distribution {
  readonly n: number
  readonly min: number | null
  readonly p50: number | null
  readonly p90: number | null
  readonly p99: number | null
  readonly p999: number | null
  readonly max: number | null
  /** HdrHistogram of microseconds, 1 µs to 1 h, three digits: V2, compressed, base64. It merges. */
  readonly histogram: string
}

/** Share of a time that one part of it takes. */
export interface Part {
  readonly name: string
  /** Median, milliseconds. */
  readonly ms: number
}
