import type { Sample } from './sample.ts'

/** All that was seen in one run. Only successes are samples; what failed is counted apart. */
export interface RunSamples {
  /** In the order measured. */
  readonly samples: readonly Sample[]
  /** Function errors, timeouts and crashes, by error type. */
  readonly failures: Readonly<Record<string, number>>
  /** Meant to be cold and was warm, or the other way round: left out. */
  readonly misclassified: number
  /** Calls of the last sandbox that came before those counted as warm; `null` without such. */
  readonly warmUpCalls: number | null
}
