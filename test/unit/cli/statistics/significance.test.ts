import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cliffsDelta } from '../../../../cli/measure/statistics/cliffs-delta.ts'
import { holm } from '../../../../cli/measure/statistics/holm.ts'
import {
  allPairsAgree,
  areSeparate,
  pairedPermutationP,
  unpairedPermutationP,
} from '../../../../cli/measure/statistics/permutation.ts'
import { seededRandom } from '../../../../runtime/kernel/random.ts'
import { mannWhitney } from './mann-whitney.ts'

const samples = fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 40 })
const random = () => seededRandom(1)

describe('the permutation test of pairs', () => {
  it('gives the p-value of Darwin’s maize that Fisher worked out', () => {
    // R. A. Fisher, The Design of Experiments, section 21: heights of crossed and self-fertilised
    // plants, in eighths of an inch; of the 2^15 signs, 863 on each side are as extreme. The test
    // takes logarithms of ratios, so differences are handed over as exponents.
    const differences = [49, -67, 8, 16, 6, 23, 28, 41, 14, 29, 56, 24, 75, 60, -48]
    const ones = differences.map(() => 1)
    const ratios = differences.map((difference) => Math.exp(difference / 100))
    // 2^15 are more than are looked at one by one: 10,000 are drawn.
    expect(pairedPermutationP(ones, ratios, random())).toBeCloseTo((2 * 863) / 2 ** 15, 2)
  })

  it('is exact for few pairs: two of all arrangements are as extreme when all pairs agree', () => {
    for (const runs of [1, 2, 5, 10]) {
      const a = Array.from({ length: runs }, (_, index) => 10 + index)
      const b = a.map((ms) => ms * 1.2)
      expect(pairedPermutationP(a, b, random())).toBe(2 / 2 ** runs)
      expect(allPairsAgree(a, b)).toBe(true)
    }
  })

  it('is 1 where there is no difference at all, and the same when both are swapped', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.tuple(
            fc.double({ min: 1, max: 9, noNaN: true }),
            fc.double({ min: 1, max: 9, noNaN: true }),
          ),
          { minLength: 1, maxLength: 10 },
        ),
        (pairs) => {
          const [a, b] = [pairs.map(([one]) => one), pairs.map(([, other]) => other)]
          expect(pairedPermutationP(a, a, random())).toBe(1)
          expect(pairedPermutationP(a, b, random())).toBe(pairedPermutationP(b, a, random()))
          expect(pairedPermutationP(a, b, random())).toBeGreaterThanOrEqual(2 / 2 ** a.length)
        },
      ),
    )
  })

  it('draws arrangements where there are too many, and is never 0', () => {
    const a = Array.from({ length: 30 }, () => 10)
    const b = a.map(() => 20)
    expect(pairedPermutationP(a, b, random())).toBe(1 / 10_001)
  })
})

describe('runs that all agree', () => {
  it('are pairs of which the same one is larger, in every pair', () => {
    expect(allPairsAgree([1, 2, 3], [2, 3, 4])).toBe(true)
    expect(allPairsAgree([2, 3, 4], [1, 2, 3])).toBe(true)
    expect(allPairsAgree([1, 2, 3], [2, 3, 2])).toBe(false)
    expect(allPairsAgree([1, 2], [2, 2])).toBe(false)
    expect(allPairsAgree([1, 2], [1, 2])).toBe(false)
    expect(allPairsAgree([], [])).toBe(false)
  })

  it('are runs apart of which all of one are larger than all of the other', () => {
    expect(areSeparate([1, 2, 3], [4, 5])).toBe(true)
    expect(areSeparate([1, 2, 3], [3, 5])).toBe(false)
    expect(areSeparate([4], [1, 3])).toBe(true)
  })
})

describe('the permutation test of runs measured apart', () => {
  it('is exact for few: both ends of all the ways to choose', () => {
    // Five of ten can be chosen in 252 ways; all of one larger than all of the other in two.
    const [a, b] = [
      [1, 2, 3, 4, 5],
      [11, 12, 13, 14, 15],
    ]
    expect(unpairedPermutationP(a, b, random())).toBeCloseTo(2 / 252)
    expect(areSeparate(a, b)).toBe(true)
    expect(areSeparate(b, a)).toBe(true)
  })

  it('is 1 where there is no difference', () => {
    expect(unpairedPermutationP([3, 1, 2], [2, 3, 1], random())).toBe(1)
  })

  it('draws where there are too many', () => {
    const a = Array.from({ length: 20 }, (_, index) => 10 + index / 10)
    const p = unpairedPermutationP(
      a,
      a.map((ms) => ms * 2),
      random(),
    )
    expect(p).toBe(1 / 10_001)
    expect(unpairedPermutationP(a, [...a].reverse(), random())).toBe(1)
  })
})

describe('the test of Mann and Whitney', () => {
  it('gives the statistic and the p-value of a published example', () => {
    // Hollander and Wolfe, Nonparametric Statistical Methods, permeability of chorioamnion at term
    // and earlier, as in R's ?wilcox.test: W = 35; wilcox.test(x, y, exact = FALSE): p = 0.2446.
    const atTerm = [0.8, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46]
    const earlier = [1.15, 0.88, 0.9, 0.74, 1.21]
    const { u, pValue } = mannWhitney(earlier, atTerm)
    expect(u).toBe(35)
    expect(pValue).toBeCloseTo(0.2446, 4)
  })

  it('is 1 where all samples are the same, or there are none', () => {
    expect(mannWhitney([2, 2, 2], [2, 2])).toEqual({ u: 3, pValue: 1 })
    expect(mannWhitney([], [])).toEqual({ u: 0, pValue: 1 })
  })

  it('counts pairs: what one has of them, the other has not', () => {
    fc.assert(
      fc.property(samples, samples, (a, b) => {
        const [ab, ba] = [mannWhitney(a, b), mannWhitney(b, a)]
        expect(ab.u + ba.u).toBeCloseTo(a.length * b.length)
        expect(ab.pValue).toBeCloseTo(ba.pValue)
        expect(ab.pValue).toBeGreaterThanOrEqual(0)
        expect(ab.pValue).toBeLessThanOrEqual(1)
      }),
    )
  })
})

describe('Cliff’s delta', () => {
  it('gives the value of a published example', () => {
    // R package effsize, ?cliff.delta: -0.25 of the treatment over the control.
    const treatment = [10, 10, 20, 20, 20, 30, 30, 30, 40, 50]
    const control = [10, 20, 30, 40, 40, 50]
    expect(cliffsDelta(control, treatment)).toBe(-0.25)
  })

  it('counts what comparing every pair counts', () => {
    fc.assert(
      fc.property(samples, samples, (a, b) => {
        const pairs = b.flatMap((of) => a.map((to) => Math.sign(of - to)))
        const mean = pairs.reduce((sum, sign) => sum + sign, 0) / pairs.length
        expect(cliffsDelta(a, b)).toBeCloseTo(mean, 12)
        expect(cliffsDelta(a, b)).toBeCloseTo(-cliffsDelta(b, a), 12)
      }),
    )
  })

  it('says of the same pairs what Mann and Whitney say', () => {
    fc.assert(
      fc.property(samples, samples, (a, b) => {
        const { u } = mannWhitney(a, b)
        expect(cliffsDelta(a, b)).toBeCloseTo((2 * u) / (a.length * b.length) - 1, 12)
      }),
    )
  })

  it('is 1 where all of the second are larger, and 0 of no pairs', () => {
    expect(cliffsDelta([1, 2], [3, 4])).toBe(1)
    expect(cliffsDelta([3, 4], [1, 2])).toBe(-1)
    expect(cliffsDelta([], [1])).toBe(0)
  })
})

describe('Holm’s method', () => {
  it('adjusts as in a published example', () => {
    // R: p.adjust(c(0.01, 0.04, 0.03, 0.005), "holm").
    const adjusted = holm([0.01, 0.04, 0.03, 0.005])
    for (const [index, p] of [0.03, 0.06, 0.06, 0.02].entries()) {
      expect(adjusted[index]).toBeCloseTo(p, 12)
    }
  })

  it('leaves a single one alone, and never goes over 1 or under what it was given', () => {
    expect(holm([])).toEqual([])
    const someP = fc.double({ min: 0, max: 1, noNaN: true })
    fc.assert(
      fc.property(fc.array(someP, { minLength: 1, maxLength: 20 }), (pValues) => {
        expect(holm(pValues.slice(0, 1))).toEqual(pValues.slice(0, 1))
        for (const [index, adjusted] of holm(pValues).entries()) {
          const p = pValues[index] as number
          expect(adjusted).toBeGreaterThanOrEqual(p)
          expect(adjusted).toBeLessThanOrEqual(Math.min(1, p * pValues.length))
        }
      }),
    )
  })

  it('keeps the order of what it was given', () => {
    const someP = fc.double({ min: 0, max: 1, noNaN: true })
    fc.assert(
      fc.property(fc.array(someP, { minLength: 2, maxLength: 9 }), (pValues) => {
        const adjusted = holm(pValues)
        const [p = 0, q = 0] = pValues
        const [first = 0, second = 0] = adjusted
        if (p < q) expect(first).toBeLessThanOrEqual(second)
        if (p > q) expect(first).toBeGreaterThanOrEqual(second)
      }),
    )
  })
})
