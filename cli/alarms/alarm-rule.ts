import {
  METRICS,
  type MetricName,
  type Statistic,
} from '../../runtime/telemetry/metrics/metric-catalogue.ts'

/** A comparison, two characters before one: the first that fits is meant. */
export const COMPARISONS = ['>=', '<=', '>', '<'] as const
type Comparison = (typeof COMPARISONS)[number]

/** A threshold of a metric, as `--alarm` says it: `hello:Duration.p99>=500 for 2m`. */
export interface AlarmRule {
  /** As typed: its name. */
  readonly text: string
  /** `undefined`: of all functions together. */
  readonly functionName: string | undefined
  readonly metric: MetricName
  readonly statistic: Statistic
  readonly comparison: Comparison
  readonly threshold: number
  /** So many one-minute periods in a row. */
  readonly minutes: number
}

export function breaches({ comparison, threshold }: AlarmRule, value: number): boolean {
  switch (comparison) {
    case '>':
      return value > threshold
    case '>=':
      return value >= threshold
    case '<':
      return value < threshold
    default:
      return value <= threshold
  }
}

/** What has been counted of a minute can only make it breach more: it need not be over to be sure. */
export const growsOnly = ({ comparison, statistic }: AlarmRule): boolean =>
  comparison.startsWith('>') && ['Sum', 'Maximum', 'SampleCount'].includes(statistic)

/** A minute in which nothing happened does not breach: there was nothing to throttle or to fail. */
export const missingIsNotBreaching = ({ metric }: AlarmRule): boolean =>
  ['count', 'outcome'].includes(METRICS[metric].kind)
