import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  distributionFrom,
  distributionOf,
  LatencyHistogram,
} from '../../../../cli/measure/statistics/histogram.ts'
import { quantile } from '../../../../cli/measure/statistics/quantiles.ts'

const times = fc.array(fc.double({ min: 0.001, max: 3_600_000, noNaN: true }), {
  minLength: 1,
  maxLength: 200,
})

function histogramOf(samplesMs: readonly number[]): LatencyHistogram {
  const histogram = new LatencyHistogram()
  for (const ms of samplesMs) histogram.record(ms)
  return histogram
}

const upTo = (n: number): number[] => Array.from({ length: n }, (_, index) => index + 1)

describe('a histogram', () => {
  it('has nothing to say of no times', () => {
    const none = { n: 0, min: null, p50: null, p90: null, p99: null, p999: null, max: null }
    expect(distributionFrom(new LatencyHistogram())).toMatchObject(none)
    expect(distributionOf([])).toMatchObject(none)
  })

  it('gives a quantile from the sample on that supports it', () => {
    expect(histogramOf(upTo(19)).quantileMs(0.5)).toBeNull()
    expect(histogramOf(upTo(20)).quantileMs(0.5)).toBeCloseTo(10, 1)
    expect(histogramOf(upTo(999)).quantileMs(0.99)).toBeNull()
    expect(histogramOf(upTo(1_000)).quantileMs(0.99)).toBeCloseTo(990, -1)
  })

  it('counts less than a microsecond as one, and more than an hour as one', () => {
    const histogram = histogramOf([-1, 0, 0.000_4, 3_600_000, 3_600_001, Number.POSITIVE_INFINITY])
    expect([histogram.n, histogram.minMs, histogram.maxMs]).toEqual([6, 0.001, 3_600_000])
  })

  it('refuses what is not a number', () => {
    expect(() => new LatencyHistogram().record(Number.NaN)).toThrow('a time is a number')
  })

  it('keeps three digits of every quantile, and the extremes to the microsecond', () => {
    fc.assert(
      fc.property(times, (samples) => {
        // Twenty of each, so that the median is supported.
        const all = samples.flatMap((ms) => Array.from({ length: 20 }, () => ms))
        const histogram = histogramOf(all)
        const median = histogram.quantileMs(0.5) as number
        const halfUs = 0.000_5 + 1e-6
        const nearest = Math.min(...samples.map((ms) => Math.abs(ms - median)))
        expect(nearest).toBeLessThanOrEqual(halfUs + 0.001 * median)
        const least = (histogram.minMs as number) - Math.min(...samples)
        const most = (histogram.maxMs as number) - Math.max(...samples)
        expect(Math.max(Math.abs(least), Math.abs(most))).toBeLessThanOrEqual(halfUs)
      }),
    )
  })

  it('merges into what one would have counted, and leaves the other as it was', () => {
    fc.assert(
      fc.property(times, times, (a, b) => {
        const merged = histogramOf(a)
        const other = histogramOf(b)
        const before = other.encode()
        merged.merge(other)
        const whole = histogramOf([...a, ...b])
        expect(distributionFrom(merged)).toEqual(distributionFrom(whole))
        expect(other.encode()).toBe(before)
      }),
    )
  })

  it('merges with an empty one without a change', () => {
    const histogram = histogramOf([1, 2, 3])
    histogram.merge(new LatencyHistogram())
    expect([histogram.n, histogram.minMs, histogram.maxMs]).toEqual([3, 1, 3])
    const empty = new LatencyHistogram()
    empty.merge(histogram)
    expect([empty.n, empty.minMs, empty.maxMs]).toEqual([3, 1, 3])
  })

  it('comes back from its text, the extremes to three digits', () => {
    fc.assert(
      fc.property(times, (samples) => {
        const histogram = histogramOf(samples)
        const back = LatencyHistogram.decode(histogram.encode())
        expect(back.n).toBe(histogram.n)
        expect(back.encode()).toBe(histogram.encode())
        for (const name of ['minMs', 'maxMs'] as const) {
          const [was, is] = [histogram[name] as number, back[name] as number]
          expect(Math.abs(is - was)).toBeLessThanOrEqual(was * 0.001 + 1e-9)
        }
      }),
    )
  })

  it('is the text that other HdrHistograms read: version 2, compressed', () => {
    const bytes = Buffer.from(histogramOf([1]).encode(), 'base64')
    // https://github.com/HdrHistogram/HdrHistogram: V2CompressedEncodingCookieBase, word size 1.
    expect(bytes.readUInt32BE(0)).toBe(0x1c849314)
  })

  it('does not read what is none', () => {
    expect(() => LatencyHistogram.decode('bm9uZQ==')).toThrow()
  })
})

describe('a distribution of samples', () => {
  it('has the exact quantiles, beside the histogram', () => {
    const samples = upTo(1_000).map((ms) => ms / 7)
    const { histogram, ...figures } = distributionOf(samples)
    expect(figures).toEqual({
      n: 1_000,
      min: 1 / 7,
      p50: quantile(samples, 0.5),
      p90: quantile(samples, 0.9),
      p99: quantile(samples, 0.99),
      p999: null,
      max: 1_000 / 7,
    })
    const counted = LatencyHistogram.decode(histogram)
    expect(counted.n).toBe(1_000)
    expect((counted.quantileMs(0.99) as number) / (figures.p99 as number)).toBeCloseTo(1, 2)
  })
})
