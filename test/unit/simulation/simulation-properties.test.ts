import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { seededRandom } from '../../../runtime/kernel/random.ts'
import type { KeepAliveOptions } from '../../../runtime/scheduler/keep-alive/keep-alive.ts'
import { LAMBDA_RATES, NO_RATES } from '../../../runtime/scheduler/scheduler-options.ts'
import { quantileModel } from '../../../runtime/simulation/latency-models.ts'
import { publishedLatency } from '../../../runtime/simulation/published-latencies.ts'
import { Simulation } from '../../../runtime/simulation/simulation.ts'
import type { SimulationOutcome } from '../../../runtime/simulation/simulation-outcome.ts'
import type { SimulationSettings } from '../../../runtime/simulation/simulation-settings.ts'
import type { SimulatedWorkload } from '../../../runtime/simulation/workload.ts'
import { fn, SECOND, SETTINGS, simulated, workload } from './simulated.ts'

const DURATION_US = 60 * SECOND

const keepAlive = fc.constantFrom<KeepAliveOptions>(
  { kind: 'fixed', lifetimeUs: 3 * SECOND },
  { kind: 'drawn', leastUs: SECOND, mostUs: 8 * SECOND },
  { kind: 'hybrid' },
  { kind: 'greedy-dual' },
  { kind: 'none' },
)

const settings: fc.Arbitrary<Partial<SimulationSettings>> = fc.record({
  seed: fc.nat(),
  accountLimit: fc.integer({ min: 5, max: 30 }),
  memoryBudgetMb: fc.constantFrom(700, 2_000, Number.POSITIVE_INFINITY),
  maxParallelStarts: fc.constantFrom(1, 4, 1_000),
  keepAlive,
  reuse: fc.constantFrom('most-recent', 'least-recent'),
  recycling: fc.constant({ leastAgeUs: 5 * SECOND, mostAgeUs: 30 * SECOND, afterInvocations: 7 }),
  rates: fc.constantFrom(LAMBDA_RATES, NO_RATES),
})

const functions = [
  fn({ name: 'small' }),
  fn({ name: 'large', memoryMb: 512, timeoutUs: SECOND / 4 }),
  fn({ name: 'reserved', reserved: 2 }),
  fn({ name: 'provisioned', memoryMb: 256, provisioned: 2, latency: published() }),
]

const workloads: fc.Arbitrary<SimulatedWorkload> = fc
  .array(
    fc.record({
      atUs: fc.nat({ max: DURATION_US }),
      fn: fc.nat({ max: functions.length - 1 }),
      runUs: fc.option(fc.nat({ max: SECOND }), { nil: undefined }),
    }),
    { maxLength: 150 },
  )
  .map((arrivals) =>
    workload(
      arrivals.sort((a, b) => a.atUs - b.atUs),
      { functions, durationUs: DURATION_US },
    ),
  )

describe('any simulation', () => {
  it('accounts for every invocation and all memory', () => {
    fc.assert(
      fc.property(workloads, settings, (what, under) => {
        const outcome = simulated(what, under)
        const throttled = sum(Object.values(outcome.throttles))
        expect(outcome.arrived).toBe(what.planned)
        expect(outcome.completed + throttled + outcome.refused).toBe(outcome.arrived)
        expect(outcome.cold + outcome.warm).toBe(outcome.completed)
        expect(outcome.latencyMs.all.n).toBe(outcome.completed)
        expect(sum(outcome.billed.map(({ requests }) => requests))).toBe(outcome.completed)
        expectWithinLimits(outcome, under)
        expectSameAsTimeline(outcome, throttled)
        expect(outcome.simulatedMs).toBeGreaterThanOrEqual(DURATION_US / 1_000)
      }),
      { numRuns: 150 },
    )
  })

  it('is the same with the same seed, in one piece or in slices', () => {
    fc.assert(
      fc.property(workloads, settings, fc.integer({ min: 1, max: 20 }), (what, under, slice) => {
        const simulation = new Simulation(what, { ...SETTINGS, ...under })
        while (!simulation.run(slice)) simulation.outcome()
        expect(JSON.stringify(simulation.outcome())).toBe(JSON.stringify(simulated(what, under)))
      }),
      { numRuns: 50 },
    )
  })

  it('is another with another seed', () => {
    const what = workload([0], { functions: [fn({ latency: published() })] })
    const one = simulated(what, { seed: 1 })
    const other = simulated(what, { seed: 2 })
    expect(other.fingerprint).not.toBe(one.fingerprint)
    expect(other.latencyMs.cold.max).not.toBe(one.latencyMs.cold.max)
  })

  it('lets an invocation run equally long whatever the policy is', () => {
    const random = seededRandom(4)
    const latency = { ...published(), runUs: ({ next }: typeof random) => 1 + 9_999 * next() }
    const arrivals = Array.from({ length: 20 }, (_, index) => index * SECOND)
    const what = workload(arrivals, { functions: [fn({ latency })], durationUs: 20 * SECOND })
    const warm = (keepAliveKind: KeepAliveOptions) =>
      simulated(what, { keepAlive: keepAliveKind }).latencyMs.warm
    expect(warm({ kind: 'hybrid' })).toEqual(warm({ kind: 'fixed', lifetimeUs: 9 * SECOND }))
  })
})

function published() {
  const latency = publishedLatency('nodejs22.x')
  if (latency === undefined) throw new Error('it was not published')
  return quantileModel(latency, { memoryMb: 128, runUs: 40_000 })
}

const sum = (values: readonly number[]): number => values.reduce((all, value) => all + value, 0)

function expectWithinLimits(
  { concurrency, memory, sandboxes, prewarmed, simulatedMs }: SimulationOutcome,
  { accountLimit = 0, memoryBudgetMb = 0 }: Partial<SimulationSettings>,
): void {
  expect(concurrency.max).toBeLessThanOrEqual(accountLimit)
  expect(memory.peakMb).toBeLessThanOrEqual(memoryBudgetMb)
  expect(prewarmed.used).toBeLessThanOrEqual(prewarmed.started)
  // Each holds 128 to 512 MB.
  const heldGbS = memory.startingGbS + memory.busyGbS + memory.idleGbS
  const sandboxS = (sandboxes.mean * simulatedMs) / 1_000
  expect(heldGbS).toBeGreaterThanOrEqual(sandboxS / 8 - 1e-6)
  expect(heldGbS).toBeLessThanOrEqual(sandboxS / 2 + 1e-6)
}

function expectSameAsTimeline(
  { timeline, arrived, cold, refused, concurrency }: SimulationOutcome,
  throttled: number,
): void {
  const total = (of: 'arrived' | 'cold' | 'throttled' | 'refused') =>
    sum(timeline.map((row) => row[of]))
  expect(timeline.length).toBeLessThanOrEqual(600)
  expect([total('arrived'), total('cold'), total('throttled'), total('refused')]).toEqual([
    arrived,
    cold,
    throttled,
    refused,
  ])
  expect(Math.max(...timeline.map(({ inFlight }) => inFlight))).toBe(concurrency.max)
}
