import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { LatencyHistogram } from '../../../runtime/simulation/latency-histogram.ts'

function histogramOf(samplesUs: readonly number[]): LatencyHistogram {
  const histogram = new LatencyHistogram()
  for (const us of samplesUs) histogram.record(us)
  return histogram
}

const counted = (n: number) => histogramOf(Array.from({ length: n }, (_, index) => index + 1))

describe('the histogram of latencies', () => {
  it('gives each quantile within 0.05 %, and the least and most exactly', () => {
    const us = fc.oneof(
      fc.nat({ max: 5_000 }),
      fc.nat(),
      fc.maxSafeNat().map((n) => n % 2 ** 46),
    )
    fc.assert(
      fc.property(fc.array(us, { minLength: 100, maxLength: 400 }), (samples) => {
        const ascending = [...samples].sort((a, b) => a - b)
        const { n, min, p50, p90, max } = histogramOf(samples).summary()
        expect(n).toBe(samples.length)
        expect(min).toBe((ascending[0] as number) / 1_000)
        expect(max).toBe((ascending.at(-1) as number) / 1_000)
        for (const [value, q] of [
          [p50, 0.5],
          [p90, 0.9],
        ] as const) {
          const exactUs = ascending[Math.ceil(q * n - 1e-6) - 1] as number
          expect(Math.abs((value as number) * 1_000 - exactUs)).toBeLessThanOrEqual(exactUs / 2_000)
        }
      }),
    )
  })

  it('is exact below 2,048 µs', () => {
    expect(counted(2_000).summary()).toMatchObject({ p50: 1, p90: 1.8, p99: 1.98 })
  })

  it('leaves a quantile out when fewer than ten samples lie beyond it', () => {
    expect(counted(19).summary()).toMatchObject({ p50: null, p90: null, max: 0.019 })
    expect(counted(20).summary()).toMatchObject({ p50: 0.01, p90: null })
    expect(counted(99).summary()).toMatchObject({ p90: null })
    expect(counted(100).summary()).toMatchObject({ p90: 0.09, p99: null })
    expect(counted(1_000).summary()).toMatchObject({ p99: 0.99, p999: null })
    expect(counted(10_000).summary().p999).not.toBeNull()
  })

  it('knows nothing of no samples', () => {
    const nothing = { n: 0, min: null, p50: null, p90: null, p99: null, p999: null, max: null }
    expect(new LatencyHistogram().summary()).toEqual(nothing)
  })

  it('takes in another one as if it had counted both', () => {
    fc.assert(
      fc.property(fc.array(fc.nat()), fc.array(fc.nat()), (one, other) => {
        const sum = histogramOf(one)
        sum.add(histogramOf(other))
        expect(sum.summary()).toEqual(histogramOf([...one, ...other]).summary())
      }),
    )
  })
})
