import { METRICS } from '../../runtime/telemetry/metrics/metric-catalogue.ts'
import { formatMs, NOT_SUPPORTED } from '../report/format.ts'
import type { AlarmChange } from './alarm-watch.ts'

/** Values of so many minutes are written out; of more, the last of them. */
const MOST_VALUES = 5

/** `Throttles>0 for 1m is ALARM, was OK: 3 in the last minute`. */
export function changeText({ rule, state, previous, datapoints }: AlarmChange): string {
  const values = datapoints.slice(-MOST_VALUES).map(({ value }) => valueText(rule.metric, value))
  const dots = datapoints.length > MOST_VALUES ? '…, ' : ''
  const minutes = rule.minutes === 1 ? 'one minute' : `${rule.minutes} minutes`
  return `${rule.text} is ${state}, was ${previous}: ${dots}${values.join(', ')} in ${minutes}`
}

function valueText(metric: AlarmChange['rule']['metric'], value: number | undefined): string {
  if (value === undefined) return NOT_SUPPORTED
  if (METRICS[metric].unit === 'Milliseconds') return `${formatMs(value)} ms`
  return value.toLocaleString('en-US', { maximumFractionDigits: 2 })
}
