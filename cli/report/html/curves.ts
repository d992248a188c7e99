import type { BenchResult, SeriesName } from '../../measure/results/bench-result.ts'
import type { Distribution } from '../../measure/results/figures.ts'
import { LatencyHistogram } from '../../measure/statistics/histogram.ts'
import { isSupported, quantileOfSorted } from '../../measure/statistics/quantiles.ts'
import { type SeriesColour, seriesColour } from './theme.ts'

/** A distribution as one line of a plot. */
export interface Curve {
  /** Short, to stand on the line: `A cold`. */
  readonly label: string
  /** What that is. */
  readonly name: string
  readonly colour: SeriesColour
  readonly isDashed: boolean
  readonly n: number
  readonly minMs: number
  readonly maxMs: number
  /** The time that a share `q` of the samples does not exceed; `null` where too few lie beyond. */
  readonly quantileMs: (q: number) => number | null
  /** The same without that rule where the samples themselves are at hand: to draw them all. */
  readonly sampleMs: (q: number) => number | null
}

type Look = Pick<Curve, 'label' | 'name' | 'colour' | 'isDashed'>

/** Cold and warm of every variant that has any; the exact samples, not their histogram. */
export function benchCurves({ variants }: BenchResult): Curve[] {
  return variants.flatMap(({ id, label, series }, index) =>
    (['cold', 'warm'] as const).flatMap((kind: SeriesName) => {
      const samplesMs = series[kind].runsMs.flat()
      const look =
        variants.length === 1
          ? { label: kind, name: kind, colour: seriesColour(kind === 'cold' ? 0 : 1) }
          : { label: `${id} ${kind}`, name: `${label}, ${kind}`, colour: seriesColour(index) }
      const isDashed = kind === 'warm'
      return samplesMs.length > 0
        ? [ofSamples(samplesMs, { ...look, isDashed })]
        : ofDistribution(series[kind], { ...look, isDashed })
    }),
  )
}

/** None where there are no samples. */
export function ofDistribution(distribution: Distribution, look: Look): Curve[] {
  const { n, min, max } = distribution
  if (n === 0 || min === null || max === null) return []
  const histogram = LatencyHistogram.decode(distribution.histogram)
  const quantileMs = (q: number): number | null => histogram.quantileMs(q)
  return [{ ...look, n, minMs: min, maxMs: max, quantileMs, sampleMs: quantileMs }]
}

function ofSamples(samplesMs: readonly number[], look: Look): Curve {
  const ascending = Float64Array.from(samplesMs).sort()
  const n = ascending.length
  return {
    ...look,
    n,
    minMs: ascending[0] ?? 0,
    maxMs: ascending[n - 1] ?? 0,
    quantileMs: (q) => (isSupported(n, q) ? (quantileOfSorted(ascending, q) ?? null) : null),
    sampleMs: (q) => quantileOfSorted(ascending, q) ?? null,
  }
}
