import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { plannedInstants } from '../../../../../cli/measure/load/arrivals.ts'
import type { OpenWorkload, Rate, Workload } from '../../../../../cli/measure/load/workload.ts'
import {
  type SyntheticFunctions,
  syntheticWorkload,
} from '../../../../../cli/measure/simulate/workloads/synthetic-workload.ts'
import { seededRandom } from '../../../../../runtime/kernel/random.ts'
import { refusalOf } from '../files.ts'
import { arrivalsOf, countsOf, isOrderly, PROFILE } from '../parts.ts'

const EACH = {
  memoryMb: 512,
  timeoutUs: 3_000_000,
  reserved: 10,
  provisioned: 2,
  latency: PROFILE,
}

const open = (rate: Rate, options: Partial<OpenWorkload> = {}): OpenWorkload => ({
  loop: 'open',
  rate,
  spacing: 'even',
  durationMs: 10_000,
  ...options,
})

const constant = (perSecond: number): Rate => ({ kind: 'constant', perSecond })

const synthetic = (workload: Workload, functions: Partial<SyntheticFunctions> = {}, seed = 1) =>
  syntheticWorkload({
    workload,
    seed,
    functions: { count: 1, share: 'even', name: 'api', each: EACH, ...functions },
  })

describe('a workload that is made up', () => {
  it('has requests at the instants at which load would send them', () => {
    const rates: Rate[] = [
      constant(7),
      { kind: 'ramp', fromPerSecond: 1, toPerSecond: 30 },
      { kind: 'step', perSecond: [5, 20] },
      { kind: 'burst', perSecond: 2, size: 9, everyMs: 3_000 },
      { kind: 'trace', trace: { kind: 'instants', instantsMs: [0, 0.25, 900, 9_999, 20_000] } },
      { kind: 'trace', trace: { kind: 'counts', bucketMs: 1_000, counts: [3, 0, 8] } },
    ]
    for (const rate of rates) {
      for (const spacing of ['even', 'poisson'] as const) {
        const workload = open(rate, { spacing })
        const sent = [...plannedInstants(workload, seededRandom(5))]
        const simulated = synthetic(workload, { count: 3 }, 5)
        const arrivals = arrivalsOf(simulated)
        expect(arrivals.map(({ atUs }) => atUs)).toEqual(sent.map((ms) => Math.round(ms * 1_000)))
        expect(simulated.planned).toBe(sent.length)
        expect(isOrderly(simulated, arrivals)).toBe(true)
        expect(arrivalsOf(simulated)).toEqual(arrivals)
      }
    }
  })

  it('comes in even steps when it is constant', () => {
    const arrivals = arrivalsOf(synthetic(open(constant(4), { durationMs: 1_000 })))
    expect(arrivals).toEqual([0, 250_000, 500_000, 750_000].map((atUs) => ({ atUs, fn: 0 })))
  })

  it('has one function, or as many as asked for, all alike', () => {
    expect(synthetic(open(constant(1))).functions).toEqual([{ name: 'api', ...EACH }])
    expect(synthetic(open(constant(1)), { count: 2 }).functions).toEqual([
      { name: 'api-1', ...EACH },
      { name: 'api-2', ...EACH },
    ])
  })

  it('says what it is', () => {
    const texts = [
      synthetic(open(constant(200), { spacing: 'poisson', durationMs: 600_000 })),
      synthetic(open(constant(5)), { count: 10 }),
      synthetic(open(constant(5)), { count: 10, share: 'zipf' }),
    ].map(({ text }) => text)
    expect(texts).toEqual([
      '200/s for 10 min, Poisson',
      '5/s for 10 s, evenly spaced, over 10 functions',
      '5/s for 10 s, evenly spaced, over 10 functions by a Zipf share',
    ])
  })

  it('does not count beforehand what would take long to count', () => {
    const million = open(constant(5_000), { durationMs: 1_000_000 })
    expect(synthetic(million).planned).toBe(5_000_000)
    expect(synthetic({ ...million, durationMs: 1_000_001 }).planned).toBeUndefined()
  })

  it('cannot be a closed loop', () => {
    const closed = { loop: 'closed', durationMs: 1_000, concurrency: 5 } as const
    expect(refusalOf(() => synthetic(closed))).toBe(
      '--concurrency: a closed loop cannot be simulated yet\n' +
        '         Say when requests come: --rate, --ramp, --steps, --burst or --trace.',
    )
  })
})

describe('several functions share the requests', () => {
  const sharesOf = (share: SyntheticFunctions['share'], count: number) => {
    const workload = synthetic(open(constant(10_000)), { count, share })
    const counts = Array<number>(count).fill(0)
    for (const { fn } of workload.arrivals()) counts[fn] = (counts[fn] ?? 0) + 1
    return counts.map((each) => each / 100_000)
  }

  it('evenly', () => {
    // A standard deviation of 0.0013 each.
    for (const share of sharesOf('even', 5)) expect(Math.abs(share - 0.2)).toBeLessThan(0.006)
  })

  it('by a Zipf share: the second half as often as the first, the third a third as often', () => {
    const sum = 1 + 1 / 2 + 1 / 3 + 1 / 4
    for (const [index, share] of sharesOf('zipf', 4).entries()) {
      expect(Math.abs(share - 1 / (index + 1) / sum)).toBeLessThan(0.007)
    }
  })

  it('none gets a request that is not for one of them, whatever their number', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 40 }),
        fc.constantFrom('even', 'zipf'),
        fc.nat(),
        (count, share, seed) => {
          const workload = synthetic(open(constant(30)), { count, share }, seed)
          for (const { fn } of workload.arrivals()) expect(workload.functions[fn]).toBeDefined()
          expect(countsOf(arrivalsOf(workload), 10_000_000)).toEqual([300])
        },
      ),
      { numRuns: 30 },
    )
  })
})
