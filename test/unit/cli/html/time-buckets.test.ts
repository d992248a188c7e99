import { describe, expect, it } from 'vitest'
import type { SecondRow } from '../../../../cli/measure/results/load-result.ts'
import { timeBuckets } from '../../../../cli/report/html/time-buckets.ts'

const row = (second: number, more: Partial<SecondRow> = {}): SecondRow => ({
  second,
  sent: 10,
  cold: 0,
  warm: 0,
  throttled: 0,
  failed: 0,
  inFlight: second,
  sandboxes: null,
  p50Ms: 5,
  p99Ms: 9,
  maxMs: 10,
  ...more,
})

describe('the points of a time series', () => {
  it('have a median from 20 answers in a second on', () => {
    const medians = [19, 20].map((warm) => timeBuckets([row(0, { warm })])[0]?.p50Ms)
    expect(medians).toEqual([null, 5])
  })

  it('have a p99 from 1,000 answers in a second on, cold ones included', () => {
    const tails = [998, 999].map((warm) => timeBuckets([row(0, { warm, cold: 1 })])[0]?.p99Ms)
    expect(tails).toEqual([null, 9])
  })

  it('are the seconds themselves up to 400 of them', () => {
    const buckets = timeBuckets(Array.from({ length: 400 }, (_, second) => row(second)))
    expect(buckets).toHaveLength(400)
    expect(buckets[7]).toMatchObject({ second: 7, seconds: 1 })
  })

  it('are several seconds each beyond that: means of rates, gauges as at the end, the largest maximum', () => {
    const rows = Array.from({ length: 401 }, (_, second) =>
      row(second, { sent: second, maxMs: second === 0 ? 77 : null }),
    )
    const buckets = timeBuckets(rows)
    expect(buckets).toHaveLength(201)
    expect(buckets[0]).toMatchObject({ seconds: 2, sent: 0.5, inFlight: 1, maxMs: 77 })
    expect(buckets[1]?.maxMs).toBeNull()
    expect(buckets[200]).toMatchObject({ second: 400, seconds: 1 })
  })

  it('are none of no seconds', () => {
    expect(timeBuckets([])).toEqual([])
  })
})
