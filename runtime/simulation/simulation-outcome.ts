import type { ThrottleReason } from '../kernel/errors.ts'
import type { StopReason } from '../scheduler/scheduler-events.ts'

/** All that came of one simulation. Plain data: it is what `simulate --json` writes. */
export interface SimulationOutcome {
  /** Virtual time: the workload's, or to the end of its last invocation where that is later. */
  readonly simulatedMs: number
  /** Functions that were invoked at least once. */
  readonly activeFunctions: number
  readonly arrived: number
  /** Ran to their end, in time or not. */
  readonly completed: number
  readonly cold: number
  readonly warm: number
  /** Those that ran on provisioned sandboxes (they count as warm), and spilled over. */
  readonly provisioned: number
  readonly spillover: number
  readonly timeouts: number
  readonly throttles: Readonly<Partial<Record<ThrottleReason, number>>>
  /** The memory budget was taken by busy sandboxes. */
  readonly refused: number
  /** Of the completed; `null` when none completed. */
  readonly coldShare: number | null
  /** Distribution of each function's own share of cold starts, over the functions that were invoked. */
  readonly coldSharePerFunction: ShareQuantiles | null
  readonly latencyMs: {
    /** What callers waited, of those that completed. */
    readonly all: LatencySummary
    readonly cold: LatencySummary
    readonly warm: LatencySummary
  }
  readonly concurrency: { readonly max: number; readonly mean: number }
  readonly sandboxes: { readonly max: number; readonly mean: number; readonly created: number }
  readonly memory: MemoryTime
  /** Why sandboxes were stopped before the end. */
  readonly stops: Readonly<Partial<Record<StopReason, number>>>
  /** Sandboxes that were started ahead of demand, and those of them that served anything. */
  readonly prewarmed: { readonly started: number; readonly used: number }
  /** Whole milliseconds, as billed on demand and on provisioned sandboxes, by memory size. */
  readonly billed: readonly BilledTime[]
  /** At most 600 rows, evenly spaced. */
  readonly timeline: readonly TimelineRow[]
  /** Events that the scheduler took. */
  readonly decisions: number
  /** Of all that happened, in its order: the same for the same workload, settings and seed. */
  readonly fingerprint: string
}

export interface ShareQuantiles {
  readonly p25: number
  readonly p50: number
  readonly p75: number
  readonly p90: number
  readonly p99: number
  readonly max: number
}

/** Milliseconds; a quantile is `null` when fewer than ten samples lie beyond it. */
export interface LatencySummary {
  readonly n: number
  readonly min: number | null
  readonly p50: number | null
  readonly p90: number | null
  readonly p99: number | null
  readonly p999: number | null
  readonly max: number | null
}

/** Memory that sandboxes held, times how long: gigabyte seconds. */
export interface MemoryTime {
  readonly startingGbS: number
  readonly busyGbS: number
  /** Held by sandboxes that did nothing: the price of keeping them. */
  readonly idleGbS: number
  /** The most at once, MB. */
  readonly peakMb: number
}

export interface BilledTime {
  readonly memoryMb: number
  readonly requests: number
  readonly onDemandMs: number
  readonly provisionedMs: number
  /** Provisioned sandboxes of this size, times the simulated seconds. */
  readonly provisionedSandboxS: number
}

export interface TimelineRow {
  /** From the beginning, the end of the previous row. */
  readonly fromMs: number
  /** Of what arrived in it, how many started cold, were throttled, were refused. */
  readonly arrived: number
  readonly cold: number
  readonly throttled: number
  readonly refused: number
  /** The most at any instant in it. */
  readonly inFlight: number
  readonly sandboxes: number
  readonly memoryMb: number
}
