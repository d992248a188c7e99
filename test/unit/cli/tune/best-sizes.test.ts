import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bestSizes, type PricedPoint, sizeFor } from '../../../../cli/measure/tune/best-sizes.ts'

const POINTS: PricedPoint[] = [
  { memorySizeMb: 128, ms: 1_000, usd: 2.3 },
  { memorySizeMb: 512, ms: 240, usd: 2.2 },
  { memorySizeMb: 1_024, ms: 120, usd: 2.4 },
  { memorySizeMb: 3_008, ms: 100, usd: 5.1 },
]

const points = fc
  .uniqueArray(fc.integer({ min: 128, max: 10_240 }), { minLength: 1, maxLength: 12 })
  .chain((sizes) =>
    fc.tuple(
      ...[...sizes]
        .sort((a, b) => a - b)
        .map((memorySizeMb) =>
          fc.record({
            memorySizeMb: fc.constant(memorySizeMb),
            ms: fc.integer({ min: 1, max: 100_000 }),
            usd: fc.integer({ min: 1, max: 10_000 }),
          }),
        ),
    ),
  )

describe('the sizes that stand out', () => {
  it('are the cheapest, the fastest, the knee and the balanced one', () => {
    expect(bestSizes(POINTS, 0.5)).toEqual({
      cheapest: 512,
      fastest: 3_008,
      knee: 1_024,
      balanced: 1_024,
    })
  })

  it('answer the strategies', () => {
    const best = bestSizes(POINTS, 0.5)
    expect(sizeFor('cost', best)).toBe(512)
    expect(sizeFor('speed', best)).toBe(3_008)
    expect(sizeFor('balanced', best)).toBe(1_024)
  })

  it('are the smallest of equals', () => {
    const equals = [128, 256, 512].map((memorySizeMb) => ({ memorySizeMb, ms: 5, usd: 1 }))
    expect(bestSizes(equals, 0.5)).toEqual({
      cheapest: 128,
      fastest: 128,
      knee: 128,
      balanced: 128,
    })
  })

  it('are balanced between speed alone and cost alone', () => {
    fc.assert(
      fc.property(points, (all) => {
        expect(bestSizes(all, 1).balanced).toBe(bestSizes(all, 0.5).cheapest)
        expect(bestSizes(all, 0).balanced).toBe(bestSizes(all, 0.5).fastest)
      }),
    )
  })

  it('get no dearer as cost weighs more', () => {
    const weight = fc.double({ min: 0, max: 1, noNaN: true })
    fc.assert(
      fc.property(points, weight, weight, (all, one, other) => {
        const usdAt = (costWeight: number) => {
          const { balanced } = bestSizes(all, costWeight)
          return all.find(({ memorySizeMb }) => memorySizeMb === balanced)?.usd ?? 0
        }
        const [less, more] = [Math.min(one, other), Math.max(one, other)]
        expect(usdAt(more)).toBeLessThanOrEqual(usdAt(less) * (1 + 1e-9))
      }),
    )
  })
})
