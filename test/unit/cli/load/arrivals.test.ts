import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { countInstants, plannedInstants } from '../../../../cli/measure/load/arrivals.ts'
import type { Curve, OpenWorkload, Rate, Spacing } from '../../../../cli/measure/load/workload.ts'
import { seededRandom } from '../../../../runtime/kernel/random.ts'

const instantsOf = (rate: Rate, durationMs: number, spacing: Spacing = 'even', seed = 1) => {
  const workload: OpenWorkload = { loop: 'open', rate, durationMs, spacing }
  return [...plannedInstants(workload, seededRandom(seed))]
}

const constant = (perSecond: number): Curve => ({ kind: 'constant', perSecond })
const ramp = (fromPerSecond: number, toPerSecond: number): Curve => ({
  kind: 'ramp',
  fromPerSecond,
  toPerSecond,
})

const within = (instants: readonly number[], fromMs: number, toMs: number): number =>
  instants.filter((instant) => instant >= fromMs && instant < toMs).length

const curves: fc.Arbitrary<Curve> = fc.oneof(
  fc.double({ min: 0.1, max: 500, noNaN: true }).map(constant),
  fc
    .tuple(
      fc.double({ min: 0, max: 300, noNaN: true }),
      fc.double({ min: 1, max: 300, noNaN: true }),
    )
    .map(([from, to]) => ramp(from, to)),
  fc
    .array(fc.integer({ min: 1, max: 300 }), { minLength: 2, maxLength: 5 })
    .map((perSecond) => ({ kind: 'step', perSecond }) as const),
  fc
    .record({
      perSecond: fc.integer({ min: 1, max: 50 }),
      size: fc.integer({ min: 1, max: 40 }),
      everyMs: fc.integer({ min: 100, max: 4_000 }),
    })
    .map((burst) => ({ kind: 'burst', ...burst }) as const),
)

/** How many requests a curve stands for, without the code under test. */
function expected(curve: Curve, durationMs: number): number {
  const seconds = durationMs / 1_000
  switch (curve.kind) {
    case 'constant':
      return curve.perSecond * seconds
    case 'ramp':
      return ((curve.fromPerSecond + curve.toPerSecond) / 2) * seconds
    case 'step':
      return (
        (curve.perSecond.reduce((sum, rate) => sum + rate, 0) / curve.perSecond.length) * seconds
      )
    case 'burst':
      return curve.perSecond * seconds + curve.size * (Math.ceil(durationMs / curve.everyMs) - 1)
  }
}

describe('every course of a rate', () => {
  const durations = fc.integer({ min: 100, max: 20_000 })

  it('has its instants in order, from the start on and before the end', () => {
    fc.assert(
      fc.property(
        curves,
        durations,
        fc.constantFrom<Spacing>('even', 'poisson'),
        (curve, ms, how) => {
          const instants = instantsOf(curve, ms, how)
          expect(instants.every((instant) => instant >= 0 && instant < ms + 1e-6)).toBe(true)
          expect(
            instants.every((each, index) => index === 0 || each >= (instants[index - 1] ?? 0)),
          ).toBe(true)
        },
      ),
      { numRuns: 60 },
    )
  })

  it('evenly spaced, has as many as the rate adds up to', () => {
    fc.assert(
      fc.property(curves, durations, (curve, durationMs) => {
        const count = instantsOf(curve, durationMs).length
        expect(Math.abs(count - expected(curve, durationMs))).toBeLessThanOrEqual(1)
      }),
      { numRuns: 60 },
    )
  })

  it('as a Poisson process, has a number that lies within five standard deviations', () => {
    fc.assert(
      fc.property(curves, durations, fc.integer(), (curve, durationMs, seed) => {
        const count = instantsOf(curve, durationMs, 'poisson', seed).length
        const mean = expected(curve, durationMs)
        expect(Math.abs(count - mean)).toBeLessThanOrEqual(5 * Math.sqrt(mean) + 2)
      }),
      { numRuns: 60, seed: 1 },
    )
  })

  it('is the same for the same seed and another for another', () => {
    const of = (seed: number) => instantsOf(constant(100), 1_000, 'poisson', seed)
    expect(of(7)).toEqual(of(7))
    expect(of(7)).not.toEqual(of(8))
  })
})

describe('a constant rate', () => {
  it('has equal gaps, the first request at the start', () => {
    expect(instantsOf(constant(4), 1_000)).toEqual([0, 250, 500, 750])
  })

  it('has one request less where the next would be due at the very end', () => {
    expect(instantsOf(constant(10), 300)).toHaveLength(3)
    expect(instantsOf(constant(10), 301)).toHaveLength(4)
  })

  it('as a Poisson process, has gaps of which the standard deviation is their mean', () => {
    const instants = instantsOf(constant(1_000), 60_000, 'poisson')
    const gaps = instants.slice(1).map((instant, index) => instant - (instants[index] ?? 0))
    const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length
    const variance = gaps.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / gaps.length
    expect(mean).toBeCloseTo(1, 1)
    expect(Math.sqrt(variance) / mean).toBeCloseTo(1, 1)
  })
})

describe('a ramp', () => {
  it('has the rate of its middle in the middle', () => {
    const instants = instantsOf(ramp(0, 100), 10_000)
    expect(instants).toHaveLength(500)
    expect(within(instants, 0, 1_000)).toBe(5)
    expect(within(instants, 4_500, 5_500)).toBeCloseTo(50, -0.5)
    expect(within(instants, 9_000, 10_000)).toBeCloseTo(95, -0.5)
  })

  it('can fall, to nothing as well', () => {
    const instants = instantsOf(ramp(100, 0), 10_000)
    expect(instants).toHaveLength(500)
    expect(within(instants, 0, 5_000)).toBeCloseTo(375, -0.5)
  })
})

describe('steps', () => {
  it('have equal parts of the time', () => {
    const instants = instantsOf({ kind: 'step', perSecond: [10, 0, 100] }, 3_000)
    expect(
      [0, 1, 2].map((second) => within(instants, second * 1_000, second * 1_000 + 1_000)),
    ).toEqual([10, 0, 100])
  })
})

describe('bursts', () => {
  it('come on top of the rate, at one instant each and not at the end', () => {
    const burst = { kind: 'burst', perSecond: 2, size: 3, everyMs: 1_000 } as const
    expect(instantsOf(burst, 2_000)).toEqual([0, 500, 1_000, 1_000, 1_000, 1_000, 1_500])
    expect(instantsOf(burst, 2_001).filter((instant) => instant === 2_000)).toHaveLength(4)
  })
})

describe('a trace', () => {
  it('of instants is followed until the time is over', () => {
    const trace = { kind: 'instants', instantsMs: [0, 5, 5, 900] } as const
    expect(instantsOf({ kind: 'trace', trace }, 1_000)).toEqual([0, 5, 5, 900])
    expect(instantsOf({ kind: 'trace', trace }, 900)).toEqual([0, 5, 5])
  })

  it('of counts has exactly so many within each bucket, however they are spaced', () => {
    const counts = [3, 0, 50]
    const trace = { kind: 'counts', bucketMs: 1_000, counts } as const
    for (const spacing of ['even', 'poisson'] as const) {
      const instants = instantsOf({ kind: 'trace', trace }, 3_000, spacing)
      expect(
        counts.map((_, second) => within(instants, second * 1_000, (second + 1) * 1_000)),
      ).toEqual(counts)
    }
  })
})

it('counts instants without keeping them', () => {
  expect(countInstants(instantsOf(constant(200), 5_000).values())).toBe(1_000)
})
