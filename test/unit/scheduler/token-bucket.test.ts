import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bucketOf, TokenBucket } from '../../../runtime/scheduler/token-bucket.ts'

const SECOND_US = 1_000_000

describe('a token bucket', () => {
  it('is full at first, whatever the clock’s origin, and gives no more than it holds', () => {
    const bucket = new TokenBucket({ capacity: 3, refillPerSecond: 1 }, 12_345)
    expect([1, 2, 3, 4].map(() => bucket.take(12_345))).toEqual([true, true, true, false])
  })

  it('has a token at the very microsecond at which it is due', () => {
    const waits = fc.record({
      capacity: fc.integer({ min: 1, max: 1_000 }),
      refillPerSecond: fc.integer({ min: 1, max: 10_000 }),
      originUs: fc.integer({ min: 0, max: 10 ** 12 }),
      idleUs: fc.integer({ min: 0, max: SECOND_US }),
    })
    fc.assert(
      fc.property(waits, ({ capacity, refillPerSecond, originUs, idleUs }) => {
        const bucket = new TokenBucket({ capacity, refillPerSecond }, originUs)
        const nowUs = originUs + idleUs
        while (bucket.take(nowUs));
        const waitUs = bucket.usUntil(nowUs)
        expect(waitUs).toBeGreaterThan(0)
        expect(bucket.has(nowUs + waitUs - 1)).toBe(false)
        expect(bucket.usUntil(nowUs + waitUs)).toBe(0)
        expect(bucket.take(nowUs + waitUs)).toBe(true)
      }),
      { numRuns: 50 },
    )
  })

  it('is exact for a rate that is given for ten seconds, too', () => {
    const bucket = new TokenBucket({ capacity: 6, refillPerSecond: 0.6 }, 0)
    while (bucket.take(0));
    expect([1_666_666, 1_666_667, 3_333_334, 5_000_000].map((us) => bucket.take(us))).toEqual([
      false,
      true,
      true,
      true,
    ])
  })

  it('gives in no window more than its capacity and what comes back meanwhile', () => {
    const asked = fc.array(fc.integer({ min: 0, max: 300_000 }), { minLength: 1, maxLength: 60 })
    const size = fc.record({
      capacity: fc.integer({ min: 1, max: 10 }),
      refillPerSecond: fc.integer({ min: 1, max: 40 }),
    })
    fc.assert(
      fc.property(size, asked, ({ capacity, refillPerSecond }, gapsUs) => {
        const bucket = new TokenBucket({ capacity, refillPerSecond }, 0)
        const given: number[] = []
        let nowUs = 0
        for (const gapUs of gapsUs) {
          nowUs += gapUs
          if (bucket.take(nowUs)) given.push(nowUs)
        }
        for (const [from, fromUs] of given.entries()) {
          for (const [to, toUs] of given.entries()) {
            if (to < from) continue
            const most = capacity + ((toUs - fromUs) * refillPerSecond) / SECOND_US
            expect(to - from + 1).toBeLessThanOrEqual(most + 1e-9)
          }
        }
      }),
    )
  })

  it('does not run backwards with a clock that does', () => {
    const bucket = new TokenBucket({ capacity: 1, refillPerSecond: 1 }, SECOND_US)
    bucket.take(2 * SECOND_US)
    expect(bucket.has(0)).toBe(false)
    expect(bucket.has(3 * SECOND_US)).toBe(true)
  })

  it('is none where there is no limit', () => {
    expect(bucketOf(Number.POSITIVE_INFINITY, 0)).toBeUndefined()
    expect(bucketOf(5, 0)?.usUntil(0)).toBe(0)
  })
})
