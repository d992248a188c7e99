import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  blocksOf,
  compareQuantiles,
  quantileInterval,
  quantileIntervals,
} from '../../../../cli/measure/statistics/bootstrap.ts'
import { quantile } from '../../../../cli/measure/statistics/quantiles.ts'
import { seededRandom } from '../../../../runtime/kernel/random.ts'
import { type Synthetic, syntheticRuns } from './synthetic-runs.ts'

const runsOf = (minRuns: number) =>
  fc.array(
    fc.array(fc.double({ min: 0.01, max: 1e4, noNaN: true }), { minLength: 1, maxLength: 8 }),
    {
      minLength: minRuns,
      maxLength: minRuns + 2,
    },
  )
const few = { numRuns: 20 }

describe('the interval of a quantile', () => {
  it('takes five runs', () => {
    const four = [[1, 2], [3], [4], [5, 6]]
    expect(quantileInterval(four, 0.5, seededRandom(1))).toBeNull()
    expect(quantileInterval([...four, []], 0.5, seededRandom(1))).toBeNull()
    expect(quantileInterval([...four, [7]], 0.5, seededRandom(1))).not.toBeNull()
  })

  it('is a point where all samples are the same', () => {
    const same = Array.from({ length: 6 }, () => [3, 3, 3])
    expect(quantileInterval(same, 0.5, seededRandom(1))).toEqual({ low: 3, high: 3 })
  })

  it('lies within the samples, the lower end first', () => {
    fc.assert(
      fc.property(runsOf(5), fc.nat(), (runs, seed) => {
        const [median, upper] = quantileIntervals(runs, [0.5, 0.9], seededRandom(seed))
        const all = runs.flat()
        for (const interval of [median, upper]) {
          expect(interval?.low).toBeGreaterThanOrEqual(Math.min(...all))
          expect(interval?.high).toBeLessThanOrEqual(Math.max(...all))
          expect(interval?.low).toBeLessThanOrEqual(interval?.high as number)
        }
      }),
      few,
    )
  })

  it('is the same for the same seed', () => {
    const runs = syntheticRuns({ ...SHAPE, samples: 20 }, seededRandom(3))
    const interval = (seed: number) => quantileInterval(runs, 0.5, seededRandom(seed))
    expect(interval(1)).toEqual(interval(1))
    expect(interval(1)).not.toEqual(interval(2))
  })

  it('scales with the samples', () => {
    const runs = syntheticRuns({ ...SHAPE, samples: 20 }, seededRandom(3))
    const doubled = runs.map((run) => run.map((ms) => ms * 2))
    const interval = quantileInterval(runs, 0.5, seededRandom(1))
    expect(quantileInterval(doubled, 0.5, seededRandom(1))).toEqual({
      low: (interval?.low as number) * 2,
      high: (interval?.high as number) * 2,
    })
  })

  it('holds the true median in about 95 of 100 cases, where samples differ most', () => {
    const held = timesHeld({ ...SHAPE, between: 0.01, within: 0.2 })
    expect(held).toBeGreaterThanOrEqual(0.92)
  })

  it('holds it almost as often where runs differ most', () => {
    const held = timesHeld({ ...SHAPE, between: 0.05, within: 0.1 })
    expect(held).toBeGreaterThanOrEqual(0.86)
    // One level only, of all samples alike, would be right in about half of the cases.
    expect(held).toBeLessThanOrEqual(1)
  })
})

const SHAPE: Synthetic = { runs: 10, samples: 15, between: 0.02, within: 0.1, medianMs: 10 }

/** Share of a hundred seeded cases in which the interval held the true median. */
function timesHeld(shape: Synthetic): number {
  let held = 0
  for (let seed = 1; seed <= 100; seed += 1) {
    const random = seededRandom(seed)
    const interval = quantileInterval(syntheticRuns(shape, random), 0.5, random)
    if (interval === null) continue
    if (interval.low <= shape.medianMs && shape.medianMs <= interval.high) held += 1
  }
  return held / 100
}

describe('a comparison of quantiles', () => {
  const paired = { isPaired: true }
  const apart = { isPaired: false }

  it('gives the ratio and the difference of the quantiles themselves', () => {
    fc.assert(
      fc.property(runsOf(5), runsOf(5), (a, b) => {
        const [median] = compareQuantiles(a, b, [0.5], seededRandom(1), apart)
        const [of, to] = [quantile(b.flat(), 0.5) as number, quantile(a.flat(), 0.5) as number]
        expect(median?.ratio.value).toBe(of / to)
        expect(median?.difference.value).toBe(of - to)
      }),
      few,
    )
  })

  it('finds exactly what was added to every run when runs are paired', () => {
    // The level differs by half from run to run and the samples of a run do not: pairs cancel it.
    const a = [8, 9, 10, 11, 12, 13].map((level) => [level, level, level])
    const b = a.map((run) => run.map((ms) => ms * 1.1))
    const [median] = compareQuantiles(a, b, [0.5], seededRandom(1), paired)
    expect(median?.ratio.interval?.low).toBeCloseTo(1.1)
    expect(median?.ratio.interval?.high).toBeCloseTo(1.1)
    const [loose] = compareQuantiles(a, b, [0.5], seededRandom(1), apart)
    expect(loose?.ratio.interval?.low).toBeLessThan(1)
  })

  it('has no interval where either has fewer than five runs', () => {
    const five = [[1], [2], [3], [4], [5]]
    const four = five.slice(1)
    const none = { value: expect.any(Number), interval: null }
    for (const design of [paired, apart]) {
      const [median] = compareQuantiles(five, four, [0.5], seededRandom(1), design)
      expect(median).toEqual({ ratio: none, difference: none })
    }
  })

  it('leaves out the pairs of which one has no samples', () => {
    expect(blocksOf([[1], [], [3], [4]], [[1], [2], []])).toEqual([[[1]], [[1]]])
  })
})
