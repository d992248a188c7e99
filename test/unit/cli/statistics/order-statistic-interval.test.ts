import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  orderStatisticInterval,
  orderStatisticRanks,
} from '../../../../cli/measure/statistics/order-statistic-interval.ts'

describe('the interval by order statistics', () => {
  it('takes the ranks of the published tables for the median', () => {
    // W. J. Conover, Practical Nonparametric Statistics, sign test, as tabulated in many textbooks
    // ("Confidence intervals for the population median"): the tightest symmetric of at least 95 %.
    const table: Record<number, [number, number]> = {
      6: [1, 6],
      7: [1, 7],
      8: [1, 8],
      9: [2, 8],
      10: [2, 9],
      11: [2, 10],
      12: [3, 10],
      13: [3, 11],
      14: [3, 12],
      15: [4, 12],
      16: [4, 13],
      17: [5, 13],
      18: [5, 14],
      19: [5, 15],
      20: [6, 15],
    }
    for (const [n, [low, high]] of Object.entries(table)) {
      expect(orderStatisticRanks(Number(n), 0.5)).toEqual({ low, high })
    }
  })

  it('takes ranks 40 and 61 of a hundred', () => {
    // Gardner and Altman, Statistics with Confidence, chapter 8.
    expect(orderStatisticRanks(100, 0.5)).toEqual({ low: 40, high: 61 })
  })

  it('gives the interval of a published example', () => {
    // R package statpsych, ci.median, after Snedecor and Cochran: 10.8 to 30.9.
    const samples = [
      30.2, 20.4, 15.1, 10.2, 10.5, 60.8, 20.8, 25.0, 20.7, 30.9, 10.8, 5.1, 50.9, 40.0, 20.9, 10.8,
      0, 20.5, 50.8,
    ]
    expect(orderStatisticInterval(samples, 0.5)).toEqual({ low: 10.8, high: 30.9 })
  })

  it('needs six samples for the median, and 368 for the p99', () => {
    expect(orderStatisticInterval([1, 2, 3, 4, 5], 0.5)).toBeNull()
    expect(orderStatisticInterval([6, 5, 4, 3, 2, 1], 0.5)).toEqual({ low: 1, high: 6 })
    // 0.99 ^ n falls to 2.5 % at 368.
    expect(orderStatisticRanks(367, 0.99)).toBeNull()
    expect(orderStatisticRanks(368, 0.99)?.high).toBe(368)
    expect(orderStatisticInterval([], 0.5)).toBeNull()
  })

  it('leaves at most 2.5 % on either side, and one rank less would leave more', () => {
    const someQ = fc.double({ min: 0.05, max: 0.95, noNaN: true })
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 200 }), someQ, (n, q) => {
        const ranks = orderStatisticRanks(n, q)
        if (ranks === null) return
        expect(atMost(ranks.low - 1, n, q)).toBeLessThanOrEqual(0.025 + 1e-7)
        expect(1 - atMost(ranks.high - 1, n, q)).toBeLessThanOrEqual(0.025 + 1e-7)
        expect(atMost(ranks.low, n, q)).toBeGreaterThan(0.025 - 1e-7)
        expect(1 - atMost(ranks.high - 2, n, q)).toBeGreaterThan(0.025 - 1e-7)
      }),
    )
  })
})

/** That a binomial count is at most `k`, by multiplying probabilities. */
function atMost(k: number, n: number, q: number): number {
  let likelihood = (1 - q) ** n
  let total = 0
  for (let count = 0; count <= k; count += 1) {
    total += likelihood
    likelihood *= ((n - count) / (count + 1)) * (q / (1 - q))
  }
  return total
}
