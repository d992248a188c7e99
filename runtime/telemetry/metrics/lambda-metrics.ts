import type { PlatformEvent } from '../platform-events.ts'
import { ConcurrencyMetrics } from './concurrency-metrics.ts'
import { InvocationMetrics } from './invocation-metrics.ts'
import { METRICS, type MetricFacts, type MetricName } from './metric-catalogue.ts'
import type { MetricSample } from './metric-sample.ts'
import { PeriodSeries } from './period-series.ts'
import { SandboxMetrics } from './sandbox-metrics.ts'

/** One metric of one set of dimensions. */
export interface LambdaSeries {
  readonly name: MetricName
  /** `undefined`: of the whole region. */
  readonly functionName: string | undefined
  readonly resource: string | undefined
  readonly periods: PeriodSeries
}

/** The series of one metric. No two resources have one name. */
interface SeriesOfMetric {
  region: LambdaSeries | undefined
  readonly functions: Map<string, LambdaSeries>
  readonly resources: Map<string, LambdaSeries>
}

/**
 * Lambda's metrics and our own (`metric-catalogue.ts`), counted from platform events and nothing else,
 * time included. Each is kept by function, by function and `Resource`, and for the whole region, as
 * far as CloudWatch has it; the number of series grows with that of functions.
 */
export class LambdaMetrics {
  readonly #metrics = new Map<MetricName, SeriesOfMetric>()
  readonly #meters: readonly { onEvent(event: PlatformEvent): void }[]

  constructor(onSample: (sample: MetricSample) => void = () => undefined) {
    const take = (sample: MetricSample): void => {
      this.#record(sample)
      onSample(sample)
    }
    this.#meters = [
      new InvocationMetrics(take),
      new ConcurrencyMetrics(take),
      new SandboxMetrics(take),
    ]
  }

  onEvent(event: PlatformEvent): void {
    for (const meter of this.#meters) meter.onEvent(event)
  }

  /** Those that have had a value, in the order of the catalogue. */
  series(nowMs: number): LambdaSeries[] {
    const names = Object.keys(METRICS) as MetricName[]
    return names.flatMap((name) => {
      const { region, functions, resources } = this.#of(name)
      const all = [...functions.values(), ...resources.values()]
      if (region !== undefined) all.unshift(region)
      for (const each of all) upToDate(each, nowMs)
      return all
    })
  }

  /** Of one function, or the whole region. */
  find(
    name: MetricName,
    functionName: string | undefined,
    nowMs: number,
  ): PeriodSeries | undefined {
    const { region, functions } = this.#of(name)
    const found = functionName === undefined ? region : functions.get(functionName)
    if (found !== undefined) upToDate(found, nowMs)
    return found?.periods
  }

  #record({ name, atMs, value, functionName, resource }: MetricSample): void {
    if (METRICS[name].kind === 'level') {
      this.#series(name, functionName, resource).periods.setLevel(atMs, value)
      return
    }
    this.#series(name, undefined, undefined).periods.record(atMs, value)
    this.#series(name, functionName, undefined).periods.record(atMs, value)
    if (resource === undefined) return
    this.#series(name, functionName, resource).periods.record(atMs, value)
  }

  /** Looked for without making a key of the names: it is done some twenty times for an invocation. */
  #series(
    name: MetricName,
    functionName: string | undefined,
    resource: string | undefined,
  ): LambdaSeries {
    const of = this.#of(name)
    if (functionName === undefined) {
      of.region ??= newSeries(name, undefined, undefined)
      return of.region
    }
    const [map, key] =
      resource === undefined ? [of.functions, functionName] : [of.resources, resource]
    const known = map.get(key)
    if (known !== undefined) return known
    const series = newSeries(name, functionName, resource)
    map.set(key, series)
    return series
  }

  #of(name: MetricName): SeriesOfMetric {
    const known = this.#metrics.get(name)
    if (known !== undefined) return known
    const of = { region: undefined, functions: new Map(), resources: new Map() }
    this.#metrics.set(name, of)
    return of
  }
}

function newSeries(
  name: MetricName,
  functionName: string | undefined,
  resource: string | undefined,
): LambdaSeries {
  const { kind }: MetricFacts = METRICS[name]
  const periods = new PeriodSeries({ hasPercentiles: kind === 'distribution' })
  return { name, functionName, resource, periods }
}

function upToDate({ name, periods }: LambdaSeries, nowMs: number): void {
  if (METRICS[name].kind === 'level') periods.advance(nowMs)
}
