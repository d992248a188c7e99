import type { Cost } from '../cost/cost.ts'
import type { Environment } from '../environment.ts'
import type { Distribution } from './figures.ts'

/** A load test as `load --json` writes it. Raise `schemaVersion` when a reader would have to change. */
export interface LoadResult {
  readonly schema: 'sandlot-load'
  readonly schemaVersion: 1
  /** ISO 8601. */
  readonly startedAt: string
  /** Ran to its planned end. */
  readonly complete: boolean
  readonly seed: number
  readonly target: LoadTargetSummary
  readonly workload: WorkloadSummary
  readonly environment: Environment
  readonly warnings: readonly string[]
  readonly validity: Validity
  /** One entry for each outcome that there was; they are never mixed. */
  readonly outcomes: readonly OutcomeResult[]
  /** All successes together. */
  readonly answered: Latencies
  /** One row a second from the start. */
  readonly seconds: readonly SecondRow[]
  /** `null` where only the generator counts: a target that is not ours. */
  readonly reconciliation: Reconciliation | null
  readonly cost: Cost | null
}

export interface LoadTargetSummary {
  readonly kind: 'function' | 'lambda' | 'url'
  readonly label: string
  readonly url: string | null
  readonly memorySizeMb: number | null
  readonly reservedConcurrency: number | null
  readonly isolation: 'process' | 'thread' | null
}

export interface WorkloadSummary {
  readonly loop: 'open' | 'closed'
  /** `constant`, `poisson`, `ramp`, `step`, `burst`, `trace`; `closed`. */
  readonly arrivals: string
  /** For a person: `200/s for 30 s, Poisson`. */
  readonly text: string
  readonly durationMs: number
  /** Requests that were planned; `null` in a closed loop. */
  readonly planned: number | null
}

/** Whether the generator kept to its plan. If not, the latencies say nothing about the target. */
export interface Validity {
  readonly valid: boolean
  /** Why not, one sentence each. */
  readonly reasons: readonly string[]
  readonly plannedPerSecond: number | null
  readonly achievedPerSecond: number
  /** From the planned instant to the send. */
  readonly lagMs: Distribution
  /** Of the generator's process. */
  readonly eventLoopDelayMs: { readonly p99: number; readonly max: number }
  /** CPU time of the generator's process over the time that passed: 1 is one core. */
  readonly generatorCpu: number
  /** Not sent, because too many were in flight. */
  readonly dropped: number
}

export type OutcomeName =
  | 'cold'
  | 'warm'
  /** A success of which nobody knows whether it was cold: of a plain URL, or without a REPORT line. */
  | 'answered'
  | 'throttle'
  | 'timeout'
  | 'out of memory'
  | 'function error'
  /** A status of 400 or more from a plain URL. */
  | 'http error'
  /** No answer at all, or one that says that nothing ran. */
  | 'client error'

export interface OutcomeResult {
  readonly outcome: OutcomeName
  /** Throttles: AWS's `Reason`. Errors: the error type. `null` for successes. */
  readonly reason: string | null
  readonly count: number
  readonly latencies: Latencies
}

export interface Latencies {
  /** From the planned instant: what a caller who comes at that instant waits. The headline. */
  readonly responseMs: Distribution
  /** From the send. */
  readonly serviceMs: Distribution
}

/** What happened within one second; gauges are as at its end. */
export interface SecondRow {
  /** 0 for the first. */
  readonly second: number
  readonly sent: number
  readonly cold: number
  readonly warm: number
  /** Successes of which nobody knows whether they were cold; absent: none. */
  readonly answered?: number
  readonly throttled: number
  /** Timeouts, errors, crashes and client errors. */
  readonly failed: number
  readonly inFlight: number
  /** `null` where the target is not ours. */
  readonly sandboxes: SandboxCounts | null
  /**
   * Of answers by the function that came within this second, from the planned instant; `null`
   * where they are too few.
   */
  readonly p50Ms: number | null
  readonly p99Ms: number | null
  readonly maxMs: number | null
}

export interface SandboxCounts {
  readonly starting: number
  readonly busy: number
  readonly idle: number
}

/** Three independent counts of the same invocations. */
export interface Reconciliation {
  /** What differed, one sentence each; empty: all agree. */
  readonly differences: readonly string[]
  readonly rows: readonly {
    /** `ran`, `throttled`, `cold`, … */
    readonly what: string
    readonly generator: number | null
    readonly controller: number | null
    readonly sandboxes: number | null
  }[]
}
