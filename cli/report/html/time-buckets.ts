import type { SecondRow } from '../../measure/results/load-result.ts'
import { isSupported } from '../../measure/statistics/quantiles.ts'

/** One point of the time series: a second, or several of them in a long run. */
export interface Bucket {
  readonly second: number
  readonly seconds: number
  /** A second, on average. */
  readonly sent: number
  readonly answered: number
  readonly cold: number
  readonly throttled: number
  readonly failed: number
  /** At its end. */
  readonly inFlight: number
  readonly sandboxes: SecondRow['sandboxes']
  /** Medians of the seconds' own; `null` where no second has answers enough. */
  readonly p50Ms: number | null
  readonly p99Ms: number | null
  readonly maxMs: number | null
}

const MAX_BUCKETS = 400

/** A second without answers enough for a percentile has none. */
export function timeBuckets(rows: readonly SecondRow[]): Bucket[] {
  const seconds = Math.max(1, Math.ceil(rows.length / MAX_BUCKETS))
  return Array.from({ length: Math.ceil(rows.length / seconds) }, (_, index) =>
    rows.slice(index * seconds, (index + 1) * seconds),
  ).flatMap((part) => {
    const [first] = part
    const last = part.at(-1)
    if (first === undefined || last === undefined) return []
    const mean = (of: (row: SecondRow) => number): number =>
      part.reduce((sum, row) => sum + of(row), 0) / part.length
    const supported = (q: number, ms: (row: SecondRow) => number | null) =>
      middle(
        part.filter((row) => isSupported(row.cold + row.warm, q)).flatMap((row) => ms(row) ?? []),
      )
    const maxima = part.flatMap(({ maxMs }) => maxMs ?? [])
    return [
      {
        second: first.second,
        seconds: part.length,
        sent: mean(({ sent }) => sent),
        answered: mean(({ cold, warm }) => cold + warm),
        cold: mean(({ cold }) => cold),
        throttled: mean(({ throttled }) => throttled),
        failed: mean(({ failed }) => failed),
        inFlight: last.inFlight,
        sandboxes: last.sandboxes,
        p50Ms: supported(0.5, ({ p50Ms }) => p50Ms),
        p99Ms: supported(0.99, ({ p99Ms }) => p99Ms),
        maxMs: maxima.length === 0 ? null : Math.max(...maxima),
      },
    ]
  })
}

function middle(values: readonly number[]): number | null {
  const ascending = values.toSorted((a, b) => a - b)
  return ascending[Math.floor((ascending.length - 1) / 2)] ?? null
}
