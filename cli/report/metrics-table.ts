import type {
  MetricsView,
  MetricView,
  Values,
} from '../../runtime/telemetry/metrics/metrics-view.ts'
import type { Colours } from './colours.ts'
import { counted } from './counted.ts'
import { formatMs, NOT_SUPPORTED } from './format.ts'
import { plainTable } from './plain-table.ts'

/**
 * A block for the region, for each function, for each version or alias that was called by its name,
 * and for each set of dimensions of custom metrics. A dash: nothing was counted, or too little.
 */
export function metricsTable(view: MetricsView, paint: Colours): string {
  const blocks = [...groupsOf(view.metrics)].map(
    ([title, metrics]) => `${paint.bold(title)}\n${tableOf(metrics, view, paint)}`,
  )
  const nothing = `Nothing was counted in the last ${counted(view.minutes, 'minute')}.`
  if (blocks.length === 0) blocks.push(nothing)
  return [...blocks, ...problemsOf(view, paint)].join('\n\n')
}

function groupsOf(metrics: readonly MetricView[]): Map<string, MetricView[]> {
  const groups = new Map<string, MetricView[]>()
  for (const metric of [...metrics].sort(byPlace)) {
    // The name without a qualifier means the same as the function where nothing else was called.
    const { FunctionName, Resource } = metric.dimensions
    if (isOurs(metric) && Resource !== undefined && Resource === FunctionName) continue
    const title = titleOf(metric)
    const group = groups.get(title)
    if (group === undefined) groups.set(title, [metric])
    else group.push(metric)
  }
  return groups
}

const isOurs = ({ namespace }: MetricView): boolean =>
  namespace === 'AWS/Lambda' || namespace === 'Sandlot'

/** The region, then functions, then what functions print; the order of metrics stays. */
const byPlace = (a: MetricView, b: MetricView): number =>
  Number(isOurs(b)) - Number(isOurs(a)) || (isOurs(a) ? textual(placeOf(a), placeOf(b)) : 0)

const placeOf = ({ dimensions: { FunctionName = '', Resource = '' } }: MetricView): string =>
  `${FunctionName} ${Resource}`

const textual = (a: string, b: string): number => (a < b ? -1 : Number(a > b))

function titleOf(metric: MetricView): string {
  const { namespace, dimensions } = metric
  if (isOurs(metric)) return dimensions.Resource ?? dimensions.FunctionName ?? 'all functions'
  const pairs = Object.entries(dimensions).map(([name, value]) => `${name}=${value}`)
  return pairs.length === 0 ? namespace : `${namespace} {${pairs.join(', ')}}`
}

function tableOf(
  metrics: readonly MetricView[],
  { to, periodSeconds, minutes }: MetricsView,
  paint: Colours,
): string {
  const last = minutes === 1 ? [] : [`last minute`, `last ${minutes} min`]
  const head = ['  metric', 'statistic', 'unit', 'this minute', ...last]
  const table = plainTable(head, 3, paint)
  const startOf = (back: number): string =>
    new Date(Date.parse(to) - back * periodSeconds * 1_000).toISOString()
  const starts = minutes === 1 ? [startOf(1)] : [startOf(1), startOf(2)]
  for (const metric of metrics) {
    const { name, unit, total, periods } = metric
    const of = starts.map((start) => periods.find((period) => period.start === start)?.values)
    for (const [index, statistic] of statisticsOf(metric).entries()) {
      const figures = [...of, ...(minutes === 1 ? [] : [total])].map((values) =>
        figureOf(values, statistic, unit),
      )
      const label = index === 0 ? `  ${name}` : ''
      table.push([label, statistic, index === 0 ? unit : '', ...figures])
    }
  }
  // The table pads its last column, too.
  return table.toString().replaceAll(/ +$/gm, '')
}

type ShownStatistic = keyof Values

/** What a person looks at; `--json` has all of them. A percentile of too few values has no row. */
function statisticsOf(metric: MetricView): ShownStatistic[] {
  const { total } = metric
  if (!('p50' in total)) return [Object.keys(total)[0] as ShownStatistic]
  if (!isOurs(metric)) return ['SampleCount', 'Sum', 'Average', 'Maximum']
  const percentiles = (['p50', 'p90', 'p99'] as const).filter((each) => total[each] !== null)
  return ['Average', ...percentiles, 'Maximum']
}

function figureOf(values: Values | undefined, statistic: ShownStatistic, unit: string): string {
  const value = values?.[statistic]
  if (value === undefined || value === null) return NOT_SUPPORTED
  if (unit === 'Milliseconds' && statistic !== 'SampleCount') return formatMs(value)
  return value.toLocaleString('en-US', { maximumFractionDigits: Math.abs(value) < 10 ? 2 : 0 })
}

function problemsOf({ embedded }: MetricsView, paint: Colours): string[] {
  const { problems, unnamedProblems } = embedded
  if (problems.length === 0) return []
  const more = unnamedProblems === 0 ? [] : [`  and ${counted(unnamedProblems, 'line')} more`]
  const lines = problems.map(
    ({ functionName, reason, count }) => `  ${functionName}: ${reason} (${counted(count, 'line')})`,
  )
  return [[paint.yellow('Embedded metrics that were not taken'), ...lines, ...more].join('\n')]
}
