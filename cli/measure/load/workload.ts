/** Requests come at their instants, whatever became of the earlier ones. */
export interface OpenWorkload {
  readonly loop: 'open'
  readonly durationMs: number
  readonly rate: Rate
  readonly spacing: Spacing
}

/** So many callers, of which each asks again as soon as it has its answer. */
export interface ClosedWorkload {
  readonly loop: 'closed'
  readonly durationMs: number
  readonly concurrency: number
}

export type Workload = OpenWorkload | ClosedWorkload

/** `even`: all gaps follow from the rate; `poisson`: callers know nothing of each other. */
export type Spacing = 'even' | 'poisson'

/** How many requests a second, over time. */
export type Rate = Curve | { readonly kind: 'trace'; readonly trace: Trace }

export type Curve =
  | { readonly kind: 'constant'; readonly perSecond: number }
  /** Grows or falls steadily. */
  | { readonly kind: 'ramp'; readonly fromPerSecond: number; readonly toPerSecond: number }
  /** Each for an equal part of the time. */
  | { readonly kind: 'step'; readonly perSecond: readonly number[] }
  /** Beside the rate, `size` requests at one instant after every `everyMs`. */
  | {
      readonly kind: 'burst'
      readonly perSecond: number
      readonly size: number
      readonly everyMs: number
    }

/** What somebody has recorded. */
export type Trace =
  /** Ascending, milliseconds from the start. */
  | { readonly kind: 'instants'; readonly instantsMs: readonly number[] }
  /** How many came within each second, or minute. */
  | { readonly kind: 'counts'; readonly bucketMs: number; readonly counts: readonly number[] }
