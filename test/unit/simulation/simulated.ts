import { NO_RATES, NO_RECYCLING } from '../../../runtime/scheduler/scheduler-options.ts'
import { fixedModel } from '../../../runtime/simulation/latency-models.ts'
import { Simulation } from '../../../runtime/simulation/simulation.ts'
import type { SimulationOutcome } from '../../../runtime/simulation/simulation-outcome.ts'
import type { SimulationSettings } from '../../../runtime/simulation/simulation-settings.ts'
import type {
  Arrival,
  SimulatedFunction,
  SimulatedWorkload,
} from '../../../runtime/simulation/workload.ts'

export const SECOND = 1_000_000

/** A cold one takes 231 ms, a warm one 21. */
export const MODEL = fixedModel({
  coldStartUs: 200_000,
  initUs: 150_000,
  firstRunUs: 30_000,
  runUs: 20_000,
  overheadUs: 1_000,
})

export const fn = (other: Partial<SimulatedFunction> = {}): SimulatedFunction => ({
  name: 'f',
  memoryMb: 128,
  timeoutUs: 3 * SECOND,
  reserved: undefined,
  provisioned: 0,
  latency: MODEL,
  ...other,
})

export const SETTINGS: SimulationSettings = {
  seed: 1,
  accountLimit: 1_000,
  memoryBudgetMb: Number.POSITIVE_INFINITY,
  maxParallelStarts: 1_000,
  keepAlive: { kind: 'fixed', lifetimeUs: 10 * SECOND },
  reuse: 'most-recent',
  recycling: NO_RECYCLING,
  rates: NO_RATES,
}

/** Instants of the only function, or whole arrivals. */
export function workload(
  arrivals: readonly (number | Arrival)[],
  other: Partial<SimulatedWorkload> = {},
): SimulatedWorkload {
  const all = arrivals.map((each) => (typeof each === 'number' ? { atUs: each, fn: 0 } : each))
  return {
    text: 'by hand',
    functions: [fn()],
    arrivals: () => all,
    planned: all.length,
    durationUs: 2 * SECOND,
    skipped: [],
    ...other,
  }
}

export function simulated(
  what: SimulatedWorkload,
  settings: Partial<SimulationSettings> = {},
): SimulationOutcome {
  const simulation = new Simulation(what, { ...SETTINGS, ...settings })
  while (!simulation.run(10_000));
  return simulation.outcome()
}
