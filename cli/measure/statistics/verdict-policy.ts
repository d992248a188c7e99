import type { Verdict } from '../results/bench-result.ts'
import type { Estimate } from '../results/figures.ts'

/** From here on a difference is not put down to chance. */
const SIGNIFICANT = 0.05

export interface Evidence {
  /** b / a, with its 95 % interval; no interval where the runs are too few for one. */
  readonly ratio: Estimate
  /** Smallest difference that matters, as a share: 0.05. */
  readonly smallestEffect: number
  /** After Holm; `null` where the runs are too few to be asked. */
  readonly pValue: number | null
  /** No order of the runs would speak more clearly: all pairs agree, or no run is among the others. */
  readonly isUnanimous: boolean
}

/**
 * What the evidence allows to be said of `b` against `a`.
 *
 * - `slower`: the whole interval lies above 1 and the ratio itself is the smallest effect or more.
 *   The interval alone would call 1.002 slower once there are enough samples; the ratio alone would
 *   believe any noise. And chance is unlikely by the permutation test as well, or, where the runs
 *   are too few for 5 % (five pairs give 6 % at best), all of them agree. It is not asked for the
 *   whole interval to lie beyond the smallest effect: a true difference just above it would then
 *   hardly ever be found.
 * - `faster`: the mirror image, so that swapping `a` and `b` swaps the verdict: the border is
 *   1 / 1.05 for 5 %.
 * - `no difference shown`: neither, and the interval is so narrow (half of it at most the smallest
 *   effect), or lies so close to 1, that a difference that matters had a fair chance to be seen.
 * - `too noisy`: all else. A difference that matters may hide here.
 */
export function verdictOf(evidence: Evidence): Verdict {
  const { ratio, smallestEffect, pValue, isUnanimous } = evidence
  if (ratio.interval === null) return 'too noisy'
  // In logarithms twice as slow and twice as fast are as far from 1 as each other.
  const least = Math.log1p(smallestEffect)
  const [value, low, high] = [ratio.value, ratio.interval.low, ratio.interval.high].map(Math.log)
  if (value === undefined || low === undefined || high === undefined) return 'too noisy'
  if (![value, low, high].every(Number.isFinite)) return 'too noisy'
  const isCredible = isUnanimous || (pValue !== null && pValue <= SIGNIFICANT)
  if (low > 0 && value >= least - SLACK && isCredible) return 'slower'
  if (high < 0 && value <= SLACK - least && isCredible) return 'faster'
  const isWithin = low >= -least - SLACK && high <= least + SLACK
  const isNarrow = (high - low) / 2 <= least + SLACK && Math.abs(value) < least
  return isWithin || isNarrow ? 'no difference shown' : 'too noisy'
}

/** A ratio of 1.05 is 5 %, whatever the last binary digit says. */
const SLACK = 1e-9
