import type { SimulationOutcome } from '../../../runtime/simulation/simulation-outcome.ts'
import type { Cost } from '../cost/cost.ts'
import type { Environment } from '../environment.ts'

/** A simulation as `simulate --json` writes it. Raise `schemaVersion` when a reader would have to change. */
export interface SimulateResult {
  readonly schema: 'sandlot-simulate'
  readonly schemaVersion: 1
  /** ISO 8601. */
  readonly startedAt: string
  /** Every policy was simulated to the end of the workload. */
  readonly complete: boolean
  readonly seed: number
  /** Whose prices the costs have. */
  readonly region: string
  readonly workload: SimulatedWorkloadSummary
  readonly latency: LatencySource
  readonly rules: SimulationRules
  /** Of the machine that simulated: it bears on nothing but the CPU time. */
  readonly environment: Environment
  readonly warnings: readonly string[]
  /** In the order in which they were asked for; the first is what the others are compared with. */
  readonly policies: readonly PolicyResult[]
}

export interface SimulatedWorkloadSummary {
  /** For a person: `Poisson, 200/s for 10 min`. */
  readonly text: string
  readonly functions: number
  /** Invocations; `null` where only going through them tells. */
  readonly planned: number | null
  readonly durationMs: number
  /** What was left out when it was read, one sentence each. */
  readonly skipped: readonly string[]
}

/** Where the times of the simulated functions come from. */
export interface LatencySource {
  /** For a person: what was measured, by whom, on what. */
  readonly text: string
  readonly kind: 'measured' | 'published' | 'given'
}

/** What held for every policy. `null`: no limit. */
export interface SimulationRules {
  readonly accountConcurrency: number
  readonly memoryBudgetMb: number | null
  readonly reuse: 'most-recent' | 'least-recent'
  /** Each sandbox is replaced at an age drawn between the two. */
  readonly maxAgeMs: { readonly least: number; readonly most: number } | null
  readonly maxInvocations: number | null
  readonly rates: 'lambda' | 'unlimited'
}

export interface PolicyResult {
  /** As `--policy` takes it: `fixed:10m`. */
  readonly policy: string
  /** Simulated to the end of the workload. */
  readonly complete: boolean
  readonly outcome: SimulationOutcome
  /** On Lambda, which bills no idle time: for what ran, and for provisioned concurrency. */
  readonly cost: Cost
  /** CPU time of this process while it was simulated. */
  readonly cpuMs: number
  readonly elapsedMs: number
}
