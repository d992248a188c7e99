import type { KeepAliveOptions } from '../../../runtime/scheduler/keep-alive/keep-alive.ts'
import {
  LAMBDA_RATES,
  NO_RATES,
  NO_RECYCLING,
  type ReuseOrder,
} from '../../../runtime/scheduler/scheduler-options.ts'
import type { SimulationSettings } from '../../../runtime/simulation/simulation-settings.ts'
import type { SimulatedWorkload } from '../../../runtime/simulation/workload.ts'
import type { LatencySource, SimulationRules } from '../results/simulate-result.ts'

/** All that a simulation is made from: nothing is read any more. */
export interface SimulatePlan {
  readonly workload: SimulatedWorkload
  readonly latency: LatencySource
  /** At least one. */
  readonly policies: readonly KeepAliveOptions[]
  readonly rules: SimulationRules
  readonly seed: number
  readonly region: string
  readonly warnings: readonly string[]
}

const US_PER_MS = 1_000

/** What the simulator is told for one of the policies. */
export function settingsFor(
  { rules, seed }: Pick<SimulatePlan, 'rules' | 'seed'>,
  keepAlive: KeepAliveOptions,
): SimulationSettings {
  const { accountConcurrency, memoryBudgetMb, reuse, maxAgeMs, maxInvocations, rates } = rules
  const none = NO_RECYCLING
  return {
    seed,
    accountLimit: accountConcurrency,
    memoryBudgetMb: memoryBudgetMb ?? Number.POSITIVE_INFINITY,
    // Lambda's own limit is that of new environments, which is one of the rates.
    maxParallelStarts: Number.POSITIVE_INFINITY,
    keepAlive,
    reuse: reuse satisfies ReuseOrder,
    recycling: {
      leastAgeUs: maxAgeMs === null ? none.leastAgeUs : maxAgeMs.least * US_PER_MS,
      mostAgeUs: maxAgeMs === null ? none.mostAgeUs : maxAgeMs.most * US_PER_MS,
      afterInvocations: maxInvocations ?? none.afterInvocations,
    },
    rates: rates === 'lambda' ? LAMBDA_RATES : NO_RATES,
  }
}
