import type { PlatformEvent } from '../platform-events.ts'
import { CustomMetrics, type CustomSeries, type EmbeddedProblem } from './custom-metrics.ts'
import { LambdaMetrics } from './lambda-metrics.ts'
import type { MetricName } from './metric-catalogue.ts'
import type { MetricSample } from './metric-sample.ts'
import { type MetricsQuery, type MetricsView, metricsView } from './metrics-view.ts'
import type { StatisticSet } from './statistic-set.ts'

export interface MetricsOptions {
  /** Hears every platform event from now on: of an emulator that has deployed nothing yet. */
  readonly onEvent: (listener: (event: PlatformEvent) => void) => unknown
  /** The time at which somebody looks, milliseconds since the epoch; events bring their own. */
  readonly wallMs: () => number
  /** Hears of what functions print as embedded metrics and is none, once for each reason. */
  readonly onProblem?: (problem: EmbeddedProblem) => void
}

/** What was counted since it began. */
export interface Metrics {
  view(query: MetricsQuery): MetricsView
  /** What is known of one minute of a function, or of the whole region; `undefined` where nothing was. */
  statistics(
    name: MetricName,
    functionName: string | undefined,
    minute: number,
  ): StatisticSet | undefined
  customSeries(): CustomSeries[]
  /** Hears each value of Lambda's metrics and our own as it is counted. */
  onSample(listener: (sample: MetricSample) => void): void
}

/** Counts from platform events, and from nothing else. */
export function collectMetrics({ onEvent, wallMs, onProblem }: MetricsOptions): Metrics {
  const listeners: ((sample: MetricSample) => void)[] = []
  const lambda = new LambdaMetrics((sample) => {
    for (const listener of listeners) listener(sample)
  })
  const custom = new CustomMetrics(onProblem ?? (() => undefined))
  onEvent((event) => {
    if (event.type === 'function') custom.onLine(event)
    else lambda.onEvent(event)
  })
  return {
    view: (query) => metricsView({ lambda, custom }, query, wallMs()),
    statistics: (name, functionName, minute) =>
      lambda.find(name, functionName, wallMs())?.at(minute),
    customSeries: () => custom.series(),
    onSample: (listener) => void listeners.push(listener),
  }
}
