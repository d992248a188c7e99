import type { ThrottleReason } from '../../kernel/errors.ts'
import type { MetricName } from './metric-catalogue.ts'

/** One value of one of our metrics. */
export interface MetricSample {
  readonly name: MetricName
  /** The instant whose minute it counts in, wall clock. */
  readonly atMs: number
  /** Of a level: what it is from now on. */
  readonly value: number
  /** `undefined`: of the whole region. */
  readonly functionName: string | undefined
  /** The function as the caller named it, `hello`, `hello:live` or `hello:3`. */
  readonly resource: string | undefined
  /** Of Throttles. */
  readonly reason?: ThrottleReason
}

/** `$LATEST` has no name of its own: AWS's `Resource` is then the function. */
export const resourceOf = (functionName: string, qualifier: string | undefined): string =>
  qualifier === undefined || qualifier === '$LATEST' ? functionName : `${functionName}:${qualifier}`
