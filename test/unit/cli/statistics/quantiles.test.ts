import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  isSupported,
  quantile,
  samplesNeeded,
  summarise,
} from '../../../../cli/measure/statistics/quantiles.ts'

const samplesOf = (minLength: number) =>
  fc.array(fc.double({ min: 0, max: 1e9, noNaN: true }), { minLength, maxLength: 300 })
const anyQ = fc.double({ min: 0, max: 1, noNaN: true })

describe('quantile', () => {
  it('interpolates between neighbours as R does by default', () => {
    // R 4: quantile(c(15, 20, 35, 40, 50), c(.05, .3, .4, .5, 1))
    const samples = [50, 15, 40, 20, 35]
    expect([0.05, 0.3, 0.4, 0.5, 1].map((q) => quantile(samples, q))).toEqual([16, 23, 29, 35, 50])
  })

  it('has nothing to say of no samples', () => {
    expect(quantile([], 0.5)).toBeUndefined()
  })

  it('lies between the extremes, and is them at 0 and 1', () => {
    fc.assert(
      fc.property(samplesOf(1), anyQ, (samples, q) => {
        const [least, most] = [Math.min(...samples), Math.max(...samples)]
        expect(quantile(samples, 0)).toBe(least)
        expect(quantile(samples, 1)).toBe(most)
        expect(quantile(samples, q)).toBeGreaterThanOrEqual(least)
        expect(quantile(samples, q)).toBeLessThanOrEqual(most)
      }),
    )
  })

  it('never falls while q grows', () => {
    fc.assert(
      fc.property(samplesOf(1), anyQ, anyQ, (samples, a, b) => {
        const lower = quantile(samples, Math.min(a, b)) as number
        const upper = quantile(samples, Math.max(a, b)) as number
        // Interpolation rounds in the last digit.
        expect(lower).toBeLessThanOrEqual(upper * (1 + Number.EPSILON * 4))
      }),
    )
  })

  it('leaves at most its share of the samples below', () => {
    fc.assert(
      fc.property(samplesOf(1), anyQ, (samples, q) => {
        const value = quantile(samples, q) as number
        const below = samples.filter((sample) => sample < value).length
        expect(below).toBeLessThanOrEqual(Math.ceil((samples.length - 1) * q))
      }),
    )
  })

  it('depends neither on the order of the samples nor changes it', () => {
    fc.assert(
      fc.property(samplesOf(1), anyQ, (samples, q) => {
        const before = [...samples]
        expect(quantile(samples, q)).toBe(quantile([...samples].reverse(), q))
        expect(samples).toEqual(before)
      }),
    )
  })
})

describe('the support of a percentile', () => {
  it('needs ten samples beyond it, on either side', () => {
    expect([0.5, 0.9, 0.95, 0.99, 0.999].map(samplesNeeded)).toEqual([20, 100, 200, 1_000, 10_000])
    expect(samplesNeeded(0.1)).toBe(100)
  })

  it('withholds a percentile of one sample too few, and gives it with that sample', () => {
    for (const q of [0.5, 0.9, 0.99]) {
      const samples = Array.from({ length: samplesNeeded(q) }, (_, index) => index)
      const name = `p${q * 100}` as 'p50' | 'p90' | 'p99'
      expect(summarise(samples)[name]).toBe(quantile(samples, q))
      expect(summarise(samples.slice(1))[name]).toBeUndefined()
    }
  })

  it('summarises what the samples support, and always the largest', () => {
    const samples = Array.from({ length: 100 }, (_, index) => index + 1)
    const summary = summarise(samples)
    expect(summary).toMatchObject({ n: 100, min: 1, p50: 50.5, p99: undefined, max: 100 })
    expect(summary.p90).toBeCloseTo(90.1)
    expect(summarise([])).toEqual({
      n: 0,
      min: undefined,
      p50: undefined,
      p90: undefined,
      p99: undefined,
      p999: undefined,
      max: undefined,
    })
  })

  it('summarises what is supported as the quantiles are', () => {
    fc.assert(
      fc.property(samplesOf(0), (samples) => {
        const { n, min, p50, p90, max } = summarise(samples)
        expect(p50).toBe(isSupported(n, 0.5) ? quantile(samples, 0.5) : undefined)
        expect(p90).toBe(isSupported(n, 0.9) ? quantile(samples, 0.9) : undefined)
        expect([min, max]).toEqual([quantile(samples, 0), quantile(samples, 1)])
      }),
    )
  })
})
