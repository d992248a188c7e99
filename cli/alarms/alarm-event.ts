import { ACCOUNT_ID, REGION } from '../../runtime/functions/arn.ts'
import { METRICS } from '../../runtime/telemetry/metrics/metric-catalogue.ts'
import { PERIOD_MS } from '../../runtime/telemetry/metrics/period-series.ts'
import { changeText } from './alarm-text.ts'
import type { AlarmChange } from './alarm-watch.ts'

/**
 * What a function that an alarm invokes has as its event, and what is posted: in the shape of
 * CloudWatch's. The alarm is named as `--alarm` was typed. Source: Amazon CloudWatch User Guide,
 * "Invoke a Lambda function from an alarm".
 */
export function alarmEvent(change: AlarmChange): object {
  const { rule, state, previous, atMs, previousAtMs, datapoints } = change
  const { metric, statistic, functionName, text, threshold } = rule
  const time = timeOf(atMs)
  const known = datapoints.filter(({ value }) => value !== undefined)
  return {
    source: 'aws.cloudwatch',
    alarmArn: `arn:aws:cloudwatch:${REGION}:${ACCOUNT_ID}:alarm:${text}`,
    accountId: ACCOUNT_ID,
    time,
    region: REGION,
    alarmData: {
      alarmName: text,
      state: {
        value: state,
        reason: changeText(change),
        reasonData: JSON.stringify({
          version: '1.0',
          queryDate: time,
          startDate: timeOf((datapoints[0]?.minute ?? 0) * PERIOD_MS),
          statistic,
          period: PERIOD_MS / 1_000,
          recentDatapoints: known.map(({ value }) => value),
          threshold,
          evaluatedDatapoints: known.map(({ minute, value }) => ({
            timestamp: timeOf(minute * PERIOD_MS),
            value,
          })),
        }),
        timestamp: time,
      },
      previousState: { value: previous, timestamp: timeOf(previousAtMs) },
      configuration: {
        metrics: [
          {
            id: 'm1',
            metricStat: {
              metric: {
                namespace: METRICS[metric].namespace,
                name: metric,
                dimensions: functionName === undefined ? {} : { FunctionName: functionName },
              },
              period: PERIOD_MS / 1_000,
              stat: statistic,
            },
            returnData: true,
          },
        ],
      },
    },
  }
}

/** As CloudWatch writes it: `2023-08-04T12:36:15.490+0000`. */
const timeOf = (ms: number): string => new Date(ms).toISOString().replace('Z', '+0000')
