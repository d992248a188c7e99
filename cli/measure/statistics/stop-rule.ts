import { seededRandom } from '../../../runtime/kernel/random.ts'
import { LEAST_RUNS, quantileInterval, type Runs } from './bootstrap.ts'
import { isSupported, quantile } from './quantiles.ts'

export interface StopSettings {
  /** Half the width of the interval of each median that is wanted, as a share of it: 0.05. */
  readonly untilCi: number
  /** However wide the intervals still are. */
  readonly mostRuns: number
  readonly seed: number
}

export interface StopDecision {
  readonly stop: boolean
  /** The widest: half of it, as a share of its median; `null` while one of them has no interval. */
  readonly worst: number | null
}

/**
 * Whether the runs so far are enough. Looks at the interval of the median of every series measured
 * (one element of `series` each, empty ones left out), as the report prints it. Looking after every
 * run and stopping at a narrow interval makes intervals a little too narrow; that is why five runs
 * come first in any case, and why the report says that this rule ended it.
 */
export function stopRule(
  series: readonly Runs[],
  { untilCi, mostRuns, seed }: StopSettings,
): StopDecision {
  const measured = series.filter((runs) => runs.some(({ length }) => length > 0))
  const runs = Math.max(0, ...measured.map(({ length }) => length))
  const isSpent = runs >= mostRuns
  if (runs < LEAST_RUNS) return { stop: isSpent, worst: null }
  const widths = measured.map((each) => relativeHalfWidth(each, seed))
  const known = widths.filter((width) => width !== null)
  const worst = known.length < widths.length || known.length === 0 ? null : Math.max(...known)
  return { stop: isSpent || (worst !== null && worst <= untilCi), worst }
}

/** Of the median's interval. */
function relativeHalfWidth(runs: Runs, seed: number): number | null {
  const samples = runs.flat()
  const median = quantile(samples, 0.5)
  const interval = quantileInterval(runs, 0.5, seededRandom(seed))
  if (interval === null || median === undefined || !isSupported(samples.length, 0.5)) return null
  return (interval.high - interval.low) / 2 / median
}
