import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Random, seededRandom } from '../../../runtime/kernel/random.ts'
import { drawnKeepAlive } from '../../../runtime/scheduler/keep-alive/drawn-keep-alive.ts'
import {
  type LifetimeBounds,
  lifetimeUs,
} from '../../../runtime/scheduler/keep-alive/drawn-policy.ts'
import { idleUse } from './idle-use.ts'

const LAST_DRAW = 1 - Number.EPSILON / 2

const bounds: fc.Arbitrary<LifetimeBounds> = fc
  .tuple(fc.nat(86_400_000_000), fc.nat(86_400_000_000))
  .map(([a, b]) => ({ leastUs: Math.min(a, b), mostUs: Math.max(a, b) }))

const sequence = (within: LifetimeBounds, seed: number, count = 8): number[] => {
  const keepAlive = drawnKeepAlive(within, seededRandom(seed))
  return Array.from({ length: count }, () => keepAlive.idle(idleUse()).keepUs)
}

describe('drawn', () => {
  it.each([
    [0, 10],
    [0.2499, 10],
    [0.25, 11],
    [0.4999, 11],
    [0.5, 12],
    [0.75, 13],
    [LAST_DRAW, 13],
  ])('takes a draw of %d, between 10 and 13, for %d', (draw, us) => {
    expect(lifetimeUs({ leastUs: 10, mostUs: 13 }, draw)).toBe(us)
  })

  it('reaches both bounds, and stays a whole number between them', () => {
    const draws = fc.double({ min: 0, max: LAST_DRAW, noNaN: true })
    fc.assert(
      fc.property(bounds, draws, (within, draw) => {
        expect(lifetimeUs(within, 0)).toBe(within.leastUs)
        expect(lifetimeUs(within, LAST_DRAW)).toBe(within.mostUs)
        const us = lifetimeUs(within, draw)
        expect(Number.isInteger(us)).toBe(true)
        expect(us).toBeGreaterThanOrEqual(within.leastUs)
        expect(us).toBeLessThanOrEqual(within.mostUs)
      }),
    )
  })

  it('draws the same sequence from the same seed, and another from another', () => {
    fc.assert(
      fc.property(bounds, fc.nat(), (within, seed) => {
        expect(sequence(within, seed)).toEqual(sequence(within, seed))
      }),
    )
    const wide = { leastUs: 1_000, mostUs: 86_400_000_000 }
    expect(sequence(wide, 1)).not.toEqual(sequence(wide, 2))
  })

  it('draws anew each time, and each lifetime as often', () => {
    const drawn = sequence({ leastUs: 1, mostUs: 4 }, 1, 4_000)
    for (const us of [1, 2, 3, 4]) {
      const share = drawn.filter((each) => each === us).length / drawn.length
      // Five standard deviations of a quarter in 4,000 draws.
      expect(Math.abs(share - 0.25)).toBeLessThan(0.035)
    }
  })

  it('takes one number from chance for each idle time, and none for anything else', () => {
    let taken = 0
    const seeded = seededRandom(1)
    const next = (): number => {
      taken += 1
      return seeded.next()
    }
    const counted: Random = { ...seeded, next }
    const keepAlive = drawnKeepAlive({ leastUs: 5, mostUs: 5 }, counted)
    keepAlive.arrived('f:1', 0, 0)
    expect(keepAlive.worth(idleUse({ nowUs: 7 }))).toBe(7)
    keepAlive.evicted(7)
    expect(taken).toBe(0)
    // Even where there is nothing to choose: what is drawn next must not hang on the bounds.
    expect(keepAlive.idle(idleUse())).toEqual({ keepUs: 5 })
    expect(taken).toBe(1)
  })
})
