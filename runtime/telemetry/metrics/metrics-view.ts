import type { CustomMetrics, EmbeddedProblem } from './custom-metrics.ts'
import type { LambdaMetrics } from './lambda-metrics.ts'
import { METRICS, STATISTICS, type Statistic } from './metric-catalogue.ts'
import { minuteOf, PERIOD_MS, type PeriodSeries } from './period-series.ts'
import type { StatisticSet } from './statistic-set.ts'

/** The last minutes of all metrics, as `GET /_sandlot/metrics` answers. */
export interface MetricsView {
  /** The running minute is the last of so many. */
  readonly minutes: number
  readonly periodSeconds: number
  /** Beginning of the first and end of the last period, ISO 8601. */
  readonly from: string
  readonly to: string
  readonly metrics: readonly MetricView[]
  readonly embedded: EmbeddedView
}

export interface MetricView {
  readonly namespace: string
  readonly name: string
  readonly unit: string
  /** None: of the whole region. */
  readonly dimensions: Readonly<Record<string, string>>
  /** The periods in which there was anything. */
  readonly periods: readonly PeriodView[]
  /** Over all of them. */
  readonly total: Values
}

export interface PeriodView {
  readonly start: string
  /** False while the minute still runs. */
  readonly isOver: boolean
  readonly values: Values
}

/** By CloudWatch's names; `null` for a percentile of too few values. */
export type Values = Readonly<Partial<Record<Statistic, number | null>>>

export interface EmbeddedView {
  /** Lines in the embedded metric format since the server started, and what of them was not taken. */
  readonly lines: number
  readonly problems: readonly EmbeddedProblem[]
  readonly unnamedProblems: number
}

export interface MetricsQuery {
  /** Only of this function; without it, those of the region too. */
  readonly functionName?: string | undefined
  /** 1 to `KEPT_PERIODS`. */
  readonly minutes: number
}

interface Counted {
  readonly lambda: LambdaMetrics
  readonly custom: CustomMetrics
}

export function metricsView(
  { lambda, custom }: Counted,
  { functionName, minutes }: MetricsQuery,
  nowMs: number,
): MetricsView {
  const to = minuteOf(nowMs)
  const from = to - minutes + 1
  const isWanted = (name: string | undefined): boolean =>
    functionName === undefined || name === functionName
  const ofLambda = lambda
    .series(nowMs)
    .filter((series) => isWanted(series.functionName))
    .flatMap(({ name, functionName: of, resource, periods }) => {
      const { namespace, unit, kind } = METRICS[name]
      const dimensions = {
        ...(of !== undefined && { FunctionName: of }),
        ...(resource !== undefined && { Resource: resource }),
      }
      const facts = { namespace, name, unit, dimensions }
      return viewOf(facts, periods, STATISTICS[kind], from, to)
    })
  const ofFunctions = custom
    .series()
    .filter(({ functionNames }) => [...functionNames].some(isWanted))
    .flatMap(({ namespace, name, unit, dimensions, periods }) =>
      viewOf({ namespace, name, unit, dimensions }, periods, STATISTICS.distribution, from, to),
    )
  return {
    minutes,
    periodSeconds: PERIOD_MS / 1_000,
    from: isoOf(from),
    to: isoOf(to + 1),
    metrics: [...ofLambda, ...ofFunctions],
    embedded: {
      lines: custom.lines,
      problems: custom.problems().filter((problem) => isWanted(problem.functionName)),
      unnamedProblems: custom.unnamedProblems,
    },
  }
}

/** Empty for one without a value in these minutes. */
function viewOf(
  facts: Omit<MetricView, 'periods' | 'total'>,
  series: PeriodSeries,
  statistics: readonly Statistic[],
  from: number,
  to: number,
): MetricView[] {
  const total = series.merged(from, to)
  if (total === undefined) return []
  const periods: PeriodView[] = []
  for (let minute = from; minute <= to; minute += 1) {
    const period = series.at(minute)
    if (period === undefined) continue
    const values = valuesOf(period, statistics)
    periods.push({ start: isoOf(minute), isOver: minute < to, values })
  }
  return [{ ...facts, periods, total: valuesOf(total, statistics) }]
}

const valuesOf = (set: StatisticSet, statistics: readonly Statistic[]): Values =>
  Object.fromEntries(statistics.map((statistic) => [statistic, set.shown(statistic)]))

const isoOf = (minute: number): string => new Date(minute * PERIOD_MS).toISOString()
