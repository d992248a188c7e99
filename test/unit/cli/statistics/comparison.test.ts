import { describe, expect, it } from 'vitest'
import type { VariantResult } from '../../../../cli/measure/results/bench-result.ts'
import { compareAll, compareSeries } from '../../../../cli/measure/statistics/comparison.ts'
import { seededRandom } from '../../../../runtime/kernel/random.ts'
import { sampleBench } from '../../../support/sample-results.ts'
import { syntheticRuns } from './synthetic-runs.ts'

const REPETITIONS = 100
const SHAPE = { runs: 10, samples: 100, between: 0.015, within: 0.15, medianMs: 10 }
const SETTINGS = { smallestEffect: 0.05, seed: 1 }

/** How often each verdict was given on the median, and on the p99. */
function verdicts(factor: number, repetitions = REPETITIONS) {
  const counted = new Map<string, number>()
  for (let seed = 1; seed <= repetitions; seed += 1) {
    const random = seededRandom(seed)
    const a = syntheticRuns(SHAPE, random)
    const b = syntheticRuns({ ...SHAPE, medianMs: SHAPE.medianMs * factor }, random)
    for (const { quantile, verdict } of compareSeries(a, b, { ...SETTINGS, seed })) {
      const key = `${quantile} ${verdict}`
      counted.set(key, (counted.get(key) ?? 0) + 1)
    }
  }
  return (key: string): number => counted.get(key) ?? 0
}

describe('a comparison of series', () => {
  it('shows no difference between like and like in at least 95 of 100 repetitions', () => {
    const times = verdicts(1)
    expect(times('0.5 no difference shown')).toBeGreaterThanOrEqual(95)
    const falseAlarms = times('0.99 slower') + times('0.99 faster')
    expect(falseAlarms).toBeLessThanOrEqual(5)
  })

  it('finds that a tenth was added', () => {
    const times = verdicts(1.1, 25)
    expect(times('0.5 slower')).toBeGreaterThanOrEqual(24)
    expect(times('0.5 faster') + times('0.99 faster')).toBe(0)
  })

  it('finds that a tenth was taken away', () => {
    const times = verdicts(1 / 1.1, 10)
    expect(times('0.5 faster')).toBeGreaterThanOrEqual(9)
  })
})

describe('a comparison of few samples', () => {
  const runsOf = (runs: number, samples: number, factor = 1) =>
    Array.from({ length: runs }, (_, run) =>
      Array.from({ length: samples }, (_, sample) => factor * (10 + run / 10 + sample / 100)),
    )
  const compared = (runs: number, samples: number, settings = SETTINGS) =>
    compareSeries(runsOf(runs, samples), runsOf(runs, samples, 2), settings)

  it('is too noisy with four runs, and not with five that all agree', () => {
    expect(compared(4, 50)).toMatchObject([
      { quantile: 0.5, ratio: { value: 2, interval: null }, pValue: null, verdict: 'too noisy' },
    ])
    expect(compared(5, 50)).toMatchObject([{ quantile: 0.5, pValue: 0.0625, verdict: 'slower' }])
  })

  it('has no interval of fewer samples than a median takes', () => {
    expect(compared(6, 3)).toMatchObject([
      {
        ratio: { value: 2, interval: null },
        differenceMs: { interval: null },
        verdict: 'too noisy',
      },
    ])
    expect(compared(6, 4)).toMatchObject([{ verdict: 'slower' }])
  })

  it('has the p99 from a thousand samples of each on', () => {
    const quantiles = (samples: number) => compared(10, samples).map(({ quantile }) => quantile)
    expect(quantiles(99)).toEqual([0.5])
    expect(quantiles(100)).toEqual([0.5, 0.99])
  })

  it('is none where one has no samples, or pairs have none in common', () => {
    expect(compareSeries([], runsOf(5, 50), SETTINGS)).toEqual([])
    expect(compareSeries([[1], []], [[], [1]], SETTINGS)).toEqual([])
    expect(compareSeries([[1], []], [[], [1]], { ...SETTINGS, isPaired: false })).toHaveLength(1)
  })

  it('is the same for the same seed', () => {
    expect(compared(6, 20)).toEqual(compared(6, 20))
  })
})

describe('a comparison of variants', () => {
  const variants = sampleBench({ runs: 6, coldPerRun: 5, warmPerRun: 10 }).variants

  it('is of every variant with the first, in every series', () => {
    const all = compareAll(variants, SETTINGS)
    expect(all.map(({ a, b, series }) => `${a}${b} ${series}`)).toEqual(
      ['B', 'C'].flatMap((b) => ['cold', 'second', 'tenth', 'warm'].map((name) => `A${b} ${name}`)),
    )
    // Made with a cold start of 91 ms, of 48 ms and of 63 ms.
    const cold = all.filter(({ series }) => series === 'cold')
    expect(cold.map(({ verdict }) => verdict)).toEqual(['faster', 'faster'])
    expect(cold[0]?.effect).toBe(-1)
  })

  it('makes p-values up for all of the comparisons together', () => {
    const [a, b] = variants as [VariantResult, VariantResult]
    const together = compareAll(variants, SETTINGS).find(({ series }) => series === 'cold')
    const alone = compareSeries(a.series.cold.runsMs, b.series.cold.runsMs, SETTINGS)[0]
    expect(alone?.pValue).toBe(2 / 2 ** 6)
    expect(together?.pValue).toBeCloseTo(8 * (alone?.pValue as number))
    expect(compareAll([a, b], SETTINGS)[0]?.pValue).toBeLessThan(together?.pValue as number)
  })

  it('is none of a single variant', () => {
    expect(compareAll(variants.slice(0, 1), SETTINGS)).toEqual([])
    expect(compareAll([], SETTINGS)).toEqual([])
  })
})
