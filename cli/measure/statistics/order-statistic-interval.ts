import type { Interval } from '../results/figures.ts'

const CONFIDENCE = 0.95

/**
 * Between which samples the `q` quantile lies with at least 95 % confidence, whatever the
 * distribution: the number of samples below it is binomial. `null` where the samples are too few
 * for it (the median needs six).
 *
 * It takes samples for independent. Those of one run are not quite, so of several runs this is a
 * check of the bootstrap's interval and no substitute for it.
 */
export function orderStatisticInterval(samples: readonly number[], q: number): Interval | null {
  const ranks = orderStatisticRanks(samples.length, q)
  if (ranks === null) return null
  const ascending = [...samples].sort((a, b) => a - b)
  const [low, high] = [ascending[ranks.low - 1], ascending[ranks.high - 1]]
  return low === undefined || high === undefined ? null : { low, high }
}

/** The two ranks, counted from 1: the tightest that leave at most 2.5 % on either side. */
export function orderStatisticRanks(n: number, q: number): { low: number; high: number } | null {
  const tail = (1 - CONFIDENCE) / 2
  let low = 0
  let high: number | undefined
  let cumulated = 0
  for (let below = 0; below < n && high === undefined; below += 1) {
    cumulated += binomial(n, q, below)
    // That fewer than `low` samples lie below, and that `high` or more do, is unlikely enough.
    if (cumulated <= tail) low = below + 1
    if (1 - cumulated <= tail) high = below + 1
  }
  return low === 0 || high === undefined ? null : { low, high }
}

/** How likely `k` of `n` are, by logarithms: factorials of thousands are no numbers. */
function binomial(n: number, q: number, k: number): number {
  const ways = logFactorial(n) - logFactorial(k) - logFactorial(n - k)
  return Math.exp(ways + k * Math.log(q) + (n - k) * Math.log(1 - q))
}

const LOG_FACTORIALS = [0]

function logFactorial(n: number): number {
  for (let next = LOG_FACTORIALS.length; next <= n; next += 1) {
    LOG_FACTORIALS.push((LOG_FACTORIALS[next - 1] as number) + Math.log(next))
  }
  return LOG_FACTORIALS[n] as number
}
