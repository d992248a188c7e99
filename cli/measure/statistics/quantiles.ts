/** Samples that must lie beyond a quantile before it says anything. */
const MIN_BEYOND = 10

/**
 * How many samples support the `q` quantile, so that ten lie beyond it on the thinner side: 20 the
 * median, 100 a p90, 1,000 a p99. A p99 of 50 samples is the maximum under another name.
 */
export function samplesNeeded(q: number): number {
  // A hair of slack: in binary a tenth of 100 is a little less than 10.
  return Math.ceil(MIN_BEYOND / Math.min(q, 1 - q) - 1e-6)
}

/** `n` samples are enough for the `q` quantile. */
export const isSupported = (n: number, q: number): boolean => n >= samplesNeeded(q)

/**
 * The `q` quantile (0 to 1) however few the samples, interpolated between neighbours (type 7 of
 * Hyndman and Fan, as in R and NumPy); `undefined` when there is none.
 */
export function quantile(samples: readonly number[], q: number): number | undefined {
  return quantileOfSorted(sorted(samples), q)
}

/** The same of samples that are in ascending order already. */
export function quantileOfSorted(ascending: ArrayLike<number>, q: number): number | undefined {
  const position = (ascending.length - 1) * q
  const below = ascending[Math.floor(position)]
  const above = ascending[Math.ceil(position)]
  if (below === undefined || above === undefined) return undefined
  return below + (above - below) * (position - Math.floor(position))
}

export interface Summary {
  readonly n: number
  readonly min: number | undefined
  readonly p50: number | undefined
  readonly p90: number | undefined
  readonly p99: number | undefined
  readonly p999: number | undefined
  readonly max: number | undefined
}

/** What a table shows of samples; `undefined` where they are too few. */
export function summarise(samples: readonly number[]): Summary {
  const ascending = sorted(samples)
  const n = ascending.length
  const supported = (q: number) => (isSupported(n, q) ? quantileOfSorted(ascending, q) : undefined)
  return {
    n,
    min: ascending[0],
    p50: supported(0.5),
    p90: supported(0.9),
    p99: supported(0.99),
    p999: supported(0.999),
    max: ascending.at(-1),
  }
}

const sorted = (samples: readonly number[]): number[] => [...samples].sort((a, b) => a - b)
