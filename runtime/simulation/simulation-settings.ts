import type { KeepAliveOptions } from '../scheduler/keep-alive/keep-alive.ts'
import type { RateLimits, Recycling, ReuseOrder } from '../scheduler/scheduler-options.ts'

/** Under which rules a workload is simulated. */
export interface SimulationSettings {
  /** Fixes what is random: the same workload, settings and seed have the same outcome. */
  readonly seed: number
  /** Invocations at once over all functions. */
  readonly accountLimit: number
  /** What all sandboxes together may take, each its function's memory size. `Infinity`: no budget. */
  readonly memoryBudgetMb: number
  readonly maxParallelStarts: number
  readonly keepAlive: KeepAliveOptions
  readonly reuse: ReuseOrder
  readonly recycling: Recycling
  readonly rates: RateLimits
}
