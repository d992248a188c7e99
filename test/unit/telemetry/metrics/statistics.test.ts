import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { StatisticSet } from '../../../../runtime/telemetry/metrics/statistic-set.ts'
import { ValueHistogram } from '../../../../runtime/telemetry/metrics/value-histogram.ts'

const setOf = (values: readonly number[]): StatisticSet => {
  const set = new StatisticSet({ hasPercentiles: true })
  for (const value of values) set.record(value)
  return set
}

const nearestRank = (values: readonly number[], percent: number): number => {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.max(1, Math.ceil((percent / 100) * values.length - 1e-9)) - 1] as number
}

const someValues = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 1 })

describe('the statistics of a period', () => {
  it('are CloudWatch’s', () => {
    const set = setOf([1, 2, 3, 10])
    expect(set.value('Sum')).toBe(16)
    expect(set.value('SampleCount')).toBe(4)
    expect(set.value('Average')).toBe(4)
    expect(set.value('Minimum')).toBe(1)
    expect(set.value('Maximum')).toBe(10)
    expect(set.value('p100')).toBe(10)
    expect(set.value('p0')).toBe(1)
  })

  it('know a percentile to 1 %, whatever the values', () => {
    fc.assert(
      fc.property(someValues, fc.integer({ min: 0, max: 100 }), (values, percent) => {
        const exact = nearestRank(values, percent)
        const error = Math.abs(setOf(values).value(`p${percent}`) - exact)
        expect(error).toBeLessThanOrEqual(Math.abs(exact) * 0.0101 + 1e-9)
      }),
    )
  })

  it('merge into what one set of all values would have', () => {
    fc.assert(
      fc.property(someValues, someValues, (some, others) => {
        const merged = setOf(some)
        merged.merge(setOf(others))
        const whole = setOf([...some, ...others])
        for (const each of ['SampleCount', 'Minimum', 'Maximum', 'p50', 'p90'] as const) {
          expect(merged.value(each)).toBe(whole.value(each))
        }
        expect(merged.value('Sum')).toBeCloseTo(whole.value('Sum'), 4)
      }),
    )
  })

  it('show a percentile from ten values beyond it on', () => {
    const ones = (count: number) => setOf(Array.from({ length: count }, () => 1))
    expect([ones(19).shown('p50'), ones(20).shown('p50')]).toEqual([null, 1])
    expect([ones(99).shown('p90'), ones(100).shown('p90')]).toEqual([null, 1])
    expect([ones(999).shown('p99'), ones(1_000).shown('p99')]).toEqual([null, 1])
    expect(ones(1).shown('Maximum')).toBe(1)
    // CloudWatch evaluates it all the same, and so do alarms.
    expect(ones(1).value('p99')).toBe(1)
  })

  it('have no percentile where values were only counted', () => {
    const set = new StatisticSet({ hasPercentiles: false })
    for (const value of [1, 2, 3, 4]) set.record(value)
    expect(set.value('p100')).toBe(4)
    expect(() => set.value('p50')).toThrow(
      'Invariant broken: a percentile of values that were only counted',
    )
  })
})

describe('the histogram', () => {
  it('takes what is tiny for 0, and what is huge for less, of either sign', () => {
    const histogram = new ValueHistogram()
    for (const value of [1e-12, -1e-12, 0]) histogram.record(value)
    expect(histogram.ofRank(2)).toBe(0)
    histogram.record(1e300)
    histogram.record(-1e300)
    expect(histogram.ofRank(1)).toBeLessThan(-9e14)
    expect(histogram.ofRank(5)).toBeGreaterThan(9e14)
    expect(histogram.ofRank(6)).toBeUndefined()
  })
})
