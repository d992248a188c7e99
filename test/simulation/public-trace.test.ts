import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { readProfile } from '../../cli/measure/simulate/profiles/read-profile.ts'
import { readAzure2019 } from '../../cli/measure/simulate/workloads/azure-2019.ts'
import { parseKeepAlive } from '../../runtime/scheduler/keep-alive/keep-alive-text.ts'
import { NO_RATES, NO_RECYCLING } from '../../runtime/scheduler/scheduler-options.ts'
import { Simulation } from '../../runtime/simulation/simulation.ts'
import type { SimulatedWorkload } from '../../runtime/simulation/workload.ts'

const fixture = (name: string): string =>
  fileURLToPath(new URL(`../fixtures/traces/azure-2019-${name}`, import.meta.url))

/** A slice of the Azure Functions trace of 2019 (CC BY 4.0, see test/fixtures/traces/README.md). */
const trace = (name: 'day' | 'hour', memory?: string): SimulatedWorkload =>
  readAzure2019({
    invocations: fixture(`${name}/invocations.csv`),
    memory: memory === undefined ? undefined : fixture(memory),
    take: { kind: 'all' },
    partOfDay: name === 'hour',
    seed: 1,
    memoryMb: 128,
    timeoutUs: 900_000_000,
    profile: readProfile('aws:nodejs22.x', { memoryMb: 128 }).latency,
  })

interface Outcome {
  readonly cold: number
  readonly idleGbS: number
  readonly completed: number
}

function simulated(
  workload: SimulatedWorkload,
  policy: string,
  memoryBudgetMb = Number.POSITIVE_INFINITY,
): Outcome {
  const simulation = new Simulation(workload, {
    seed: 1,
    accountLimit: 1_000,
    memoryBudgetMb,
    maxParallelStarts: 1_000,
    keepAlive: parseKeepAlive(policy),
    reuse: 'most-recent',
    recycling: NO_RECYCLING,
    rates: NO_RATES,
  })
  while (!simulation.run(100_000));
  const { cold, completed, memory } = simulation.outcome()
  return { cold, completed, idleGbS: memory.idleGbS }
}

describe('a day of a public trace', () => {
  const day = trace('day')
  const fixed = ['fixed:1m', 'fixed:5m', 'fixed:10m', 'fixed:20m', 'fixed:60m'].map((policy) =>
    simulated(day, policy),
  )

  it('has fewer cold starts and more idle memory, the longer sandboxes are kept', () => {
    const falling = fixed.map(({ cold }) => cold)
    const rising = fixed.map(({ idleGbS }) => idleGbS)
    expect(falling).toEqual([...falling].sort((a, b) => b - a))
    expect(rising).toEqual([...rising].sort((a, b) => a - b))
    expect(new Set(falling).size).toBe(fixed.length)
    for (const { completed } of fixed) expect(completed).toBe(29_833)
  })

  it('has fewer cold starts at less idle memory with the hybrid histogram than with ten minutes', () => {
    const hybrid = simulated(day, 'hybrid')
    const [, five, ten] = fixed
    for (const other of [five, ten]) {
      expect(hybrid.cold).toBeLessThan(other?.cold ?? 0)
      expect(hybrid.idleGbS).toBeLessThan(other?.idleGbS ?? 0)
    }
  })

  it.each([512, 768, 1_024, 1_280, 1_536, 1_792])(
    'has fewer cold starts with greedy-dual in the same %i MB',
    (mb) => {
      expect(simulated(day, 'greedy-dual', mb).cold).toBeLessThan(
        simulated(day, 'fixed:10m', mb).cold,
      )
    },
  )
})

describe('an hour of it with many functions of their own memory', () => {
  const hour = trace('hour', 'hour/memory.csv')

  it.each([8_192, 16_384, 24_576])(
    'has a sixth fewer cold starts with greedy-dual in the same %i MB',
    (mb) => {
      const ten = simulated(hour, 'fixed:10m', mb)
      const greedy = simulated(hour, 'greedy-dual', mb)
      expect(greedy.cold).toBeLessThan((5 / 6) * ten.cold)
      expect(greedy.completed).toBe(ten.completed)
    },
  )
})
