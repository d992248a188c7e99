/** Samples that must lie beyond a percentile before it says anything. */
const MIN_BEYOND = 10

/**
 * The `q` quantile (0 to 1) of samples, interpolated between neighbours; `undefined` where too few
 * samples lie beyond it on the thinner side: p50 needs 20 samples, p90 100, p99 1,000.
 */
export function supportedQuantile(samples: readonly number[], q: number): number | undefined {
  const beyond = samples.length * Math.min(q, 1 - q)
  // A hair of slack for 0.9 not being nine tenths in binary.
  return beyond + 1e-9 < MIN_BEYOND ? undefined : quantile(samples, q)
}

/** The `q` quantile however few the samples; `undefined` when there is none. */
export function quantile(samples: readonly number[], q: number): number | undefined {
  if (samples.length === 0) return undefined
  const sorted = [...samples].sort((a, b) => a - b)
  const position = (sorted.length - 1) * q
  const below = sorted[Math.floor(position)] as number
  const above = sorted[Math.ceil(position)] as number
  return below + (above - below) * (position - Math.floor(position))
}

export interface Summary {
  readonly n: number
  readonly p50: number | undefined
  readonly p90: number | undefined
  readonly p99: number | undefined
  readonly max: number | undefined
}

export function summarise(samples: readonly number[]): Summary {
  return {
    n: samples.length,
    p50: supportedQuantile(samples, 0.5),
    p90: supportedQuantile(samples, 0.9),
    p99: supportedQuantile(samples, 0.99),
    max: quantile(samples, 1),
  }
}
