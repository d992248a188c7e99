/** Samples that must lie beyond a percentile before it says anything. */
const MIN_BEYOND = 10

/**
 * The `q` quantile (0 to 1) of samples; `undefined` where fewer than ten of them lie beyond it on the
 * thinner side: a p99 of 50 samples is the maximum under another name.
 */
export function supportedQuantile(samples: readonly number[], q: number): number | undefined {
  return samples.length < samplesNeeded(q) ? undefined : quantile(samples, q)
}

/** How many samples support the `q` quantile: 20 the median, 100 a p90, 1,000 a p99. */
export function samplesNeeded(q: number): number {
  // A hair of slack: in binary a tenth of 100 is a little less than 10.
  return Math.ceil(MIN_BEYOND / Math.min(q, 1 - q) - 1e-6)
}

/**
 * The `q` quantile however few the samples, interpolated between neighbours (type 7 of Hyndman and
 * Fan, as in R and NumPy); `undefined` when there is none.
 */
export function quantile(samples: readonly number[], q: number): number | undefined {
  return quantileOfSorted(sorted(samples), q)
}

export interface Summary {
  readonly n: number
  readonly p50: number | undefined
  readonly p90: number | undefined
  readonly p99: number | undefined
  readonly max: number | undefined
}

/** What a table shows of samples; `undefined` where they are too few. */
export function summarise(samples: readonly number[]): Summary {
  const ascending = sorted(samples)
  const n = ascending.length
  const supported = (q: number) =>
    n < samplesNeeded(q) ? undefined : quantileOfSorted(ascending, q)
  return {
    n,
    p50: supported(0.5),
    p90: supported(0.9),
    p99: supported(0.99),
    max: ascending.at(-1),
  }
}

const sorted = (samples: readonly number[]): number[] => [...samples].sort((a, b) => a - b)

function quantileOfSorted(ascending: readonly number[], q: number): number | undefined {
  const position = (ascending.length - 1) * q
  const below = ascending[Math.floor(position)]
  const above = ascending[Math.ceil(position)]
  if (below === undefined || above === undefined) return undefined
  return below + (above - below) * (position - Math.floor(position))
}
