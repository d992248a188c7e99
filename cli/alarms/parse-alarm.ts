import { didYouMean } from '../../runtime/functions/did-you-mean.ts'
import {
  isMetricName,
  METRICS,
  type MetricFacts,
  type MetricName,
  STATISTICS,
  type Statistic,
} from '../../runtime/telemetry/metrics/metric-catalogue.ts'
import { KEPT_PERIODS } from '../../runtime/telemetry/metrics/period-series.ts'
import { UsageError } from '../exit-codes.ts'
import { type AlarmRule, COMPARISONS } from './alarm-rule.ts'
import { functionNamed, type NamedFunction } from './named-function.ts'

const OF_REGION: readonly MetricName[] = [
  'UnreservedConcurrentExecutions',
  'ClaimedAccountConcurrency',
]
const OF_FUNCTION: readonly MetricName[] = ['ProvisionedConcurrencyUtilization']

/**
 * Reads `[function:]Metric[.statistic] comparison number for <minutes>m`.
 *
 * @throws UsageError that says what is wrong where.
 */
export function parseAlarm(text: string, functions: readonly NamedFunction[]): AlarmRule {
  const at = /[<>=!]/.exec(text)?.index ?? text.length
  const comparison = COMPARISONS.find((each) => text.startsWith(each, at))
  const refuse: Refuse = (part, what) => refusal(text, part, what)
  if (comparison === undefined) {
    throw refuse(text.slice(at, at + 1), `there is no comparison: one of ${ALL_COMPARISONS}`)
  }
  const left = text.slice(0, at).trim()
  const right = text.slice(at + comparison.length).trim()
  return {
    text,
    ...parseSubject(left, functions, refuse),
    comparison,
    ...parseLimit(right, left, refuse),
  }
}

const ALL_COMPARISONS = [...COMPARISONS].sort().join(' ')

type Refuse = (part: string, what: string) => UsageError

function refusal(text: string, part: string, what: string): UsageError {
  const place = part === '' ? '' : `, at '${part}'`
  return new UsageError(
    `--alarm '${text}'${place}: ${what}`,
    "Written as 'Throttles>0 for 1m' or 'hello:Duration.p99>=500 for 2m'.",
  )
}

function parseSubject(
  left: string,
  functions: readonly NamedFunction[],
  refuse: Refuse,
): Pick<AlarmRule, 'functionName' | 'metric' | 'statistic'> {
  const colon = left.lastIndexOf(':')
  const named = colon < 0 ? undefined : left.slice(0, colon).trim()
  const [metric = '', ...rest] = left.slice(colon + 1).split('.')
  const name = metric.trim()
  if (!isMetricName(name)) {
    if (name === '') throw refuse('', 'there is no metric before the comparison')
    const names = Object.keys(METRICS)
    throw refuse(name, `there is no such metric${didYouMean(name, names)}: ${names.join(', ')}`)
  }
  const functionName =
    named === undefined
      ? undefined
      : functionNamed(named, functions, (what) => refuse(named, what)).name
  if (functionName !== undefined && OF_REGION.includes(name)) {
    throw refuse(name, 'it is of all functions together: write it without a function')
  }
  if (functionName === undefined && OF_FUNCTION.includes(name)) {
    throw refuse(name, `it is of a function: write it as in 'hello:${name}'`)
  }
  const statistic = rest.length === 0 ? undefined : rest.join('.').trim()
  return { functionName, metric: name, statistic: parseStatistic(statistic, name, refuse) }
}

function parseStatistic(text: string | undefined, name: MetricName, refuse: Refuse): Statistic {
  const { kind }: MetricFacts = METRICS[name]
  const known: readonly Statistic[] = STATISTICS[kind]
  if (text === undefined) return STATISTICS[kind][0]
  const found = known.find((each) => each === text)
  if (found !== undefined) return found
  const hasPercentiles = kind === 'distribution'
  const percent = /^p(\d{1,2}(?:\.\d{1,3})?|100)$/.exec(text)?.[1]
  if (hasPercentiles && percent !== undefined) return `p${Number(percent)}`
  const others = hasPercentiles ? `${known.join(', ')}, and others from p0 to p100` : known
  throw refuse(text, `${name} has no such statistic${didYouMean(text, known)}: ${others}`)
}

function parseLimit(
  right: string,
  left: string,
  refuse: Refuse,
): Pick<AlarmRule, 'threshold' | 'minutes'> {
  const [, number = '', time] = /^(.*?)(?:(?:^|\s+)for\b\s*(.*))?$/s.exec(right) ?? []
  if (!/^-?(\d[\d_]*(\.\d+)?|\.\d+)$/.test(number)) {
    const what = /^-?[\d.]+\s*[a-z%]+$/i.test(number)
      ? `a number alone: ${unitOf(left)}`
      : "there must be a number, as in 'Throttles>0 for 1m'"
    throw refuse(number, what)
  }
  if (time === undefined) throw refuse('', "it must say for how long, as in 'for 1m'")
  const [, digits, unit] = /^(\d+)\s*([a-z]*)$/i.exec(time) ?? []
  if (digits === undefined) throw refuse(time, "a time is written as in 'for 1m'")
  if (unit !== 'm') {
    throw refuse(time, "metrics have periods of one minute: whole minutes, as in 'for 1m'")
  }
  const minutes = Number(digits)
  if (minutes < 1 || minutes > KEPT_PERIODS) {
    throw refuse(time, `from 1m to ${KEPT_PERIODS}m, which is what is kept`)
  }
  return { threshold: Number(number.replaceAll('_', '')), minutes }
}

function unitOf(left: string): string {
  const name = left.slice(left.lastIndexOf(':') + 1).split('.')[0] ?? ''
  return isMetricName(name) && METRICS[name].unit === 'Milliseconds'
    ? `${name} is in milliseconds`
    : `${name} has no unit`
}
