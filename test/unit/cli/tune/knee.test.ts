import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type CurvePoint, kneeOf } from '../../../../cli/measure/tune/knee.ts'

const SIZES = [128, 256, 512, 1_024, 1_769, 3_008, 6_144, 10_240] as const

const curve = (msOf: (memorySizeMb: number) => number): CurvePoint[] =>
  SIZES.map((memorySizeMb) => ({ memorySizeMb, ms: msOf(memorySizeMb) }))

/** CPU in proportion to memory up to a size, and no use for more. */
const until = (size: number, exponent = 1) =>
  curve((memorySizeMb) => 1e5 * Math.min(memorySizeMb, size) ** -exponent)

const curves = fc
  .uniqueArray(fc.integer({ min: 128, max: 10_240 }), { minLength: 1, maxLength: 20 })
  .chain((sizes) =>
    fc
      .array(fc.double({ min: 0.01, max: 1e5, noNaN: true }), {
        minLength: sizes.length,
        maxLength: sizes.length,
      })
      .map((times) =>
        [...sizes]
          .sort((a, b) => a - b)
          .map((memorySizeMb, index) => ({ memorySizeMb, ms: times[index] as number })),
      ),
  )

describe('the knee of a curve', () => {
  it('is where a handler has all the CPU that it can use', () => {
    for (const size of SIZES.slice(1, -1)) {
      for (const exponent of [0.5, 1, 2]) expect(kneeOf(until(size, exponent))).toBe(size)
    }
  })

  it('stays there under noise of a few percent', () => {
    const noise = fc.array(fc.double({ min: 0.97, max: 1.03, noNaN: true }), {
      minLength: SIZES.length,
      maxLength: SIZES.length,
    })
    fc.assert(
      fc.property(noise, (factors) => {
        const noisy = until(1_769).map(({ memorySizeMb, ms }, index) => {
          return { memorySizeMb, ms: ms * (factors[index] as number) }
        })
        expect(kneeOf(noisy)).toBe(1_769)
      }),
    )
  })

  it('is the smallest size where more memory changes nothing', () => {
    expect(kneeOf(curve(() => 5))).toBe(128)
    expect(kneeOf(curve((memorySizeMb) => 5 - memorySizeMb / 1e6))).toBe(128)
    // It got slower.
    expect(kneeOf(curve((memorySizeMb) => memorySizeMb))).toBe(128)
  })

  it('is the largest size where every size pays off like the one before', () => {
    expect(kneeOf(until(10_240))).toBe(10_240)
    expect(
      kneeOf([
        { memorySizeMb: 128, ms: 10 },
        { memorySizeMb: 256, ms: 9 },
      ]),
    ).toBe(256)
  })

  it('begins to be flat at a gain of a twentieth', () => {
    const two = (ms: number) =>
      kneeOf([
        { memorySizeMb: 128, ms },
        { memorySizeMb: 256, ms: 100 },
      ])
    expect(two(105)).toBe(128)
    expect(two(105.1)).toBe(256)
  })

  it('is a size of the curve, also of a curve with one', () => {
    fc.assert(
      fc.property(curves, (points) => {
        expect(points.map(({ memorySizeMb }) => memorySizeMb)).toContain(kneeOf(points))
      }),
    )
  })

  it('does not depend on the unit of time or of memory', () => {
    // Powers of two, which change no ratio in its last digit: there are ties.
    const factor = fc.constantFrom(1 / 1_024, 1 / 8, 4, 4_096)
    fc.assert(
      fc.property(curves, factor, factor, (points, byMs, byMb) => {
        const scaled = points.map(({ memorySizeMb, ms }) => {
          return { memorySizeMb: memorySizeMb * byMb, ms: ms * byMs }
        })
        expect(kneeOf(scaled)).toBe(kneeOf(points) * byMb)
      }),
    )
  })
})
