import type { BenchResult, VariantResult } from '../../measure/results/bench-result.ts'
import { LEAST_RUNS } from '../../measure/statistics/bootstrap.ts'
import { samplesNeeded } from '../../measure/statistics/quantiles.ts'
import type { Colours } from '../colours.ts'
import { counted } from '../counted.ts'
import { NOT_SUPPORTED, shortened } from '../format.ts'

const NAME_WIDTH = 44

/** What has to be known to read the table above. */
export function notes(result: BenchResult, paint: Colours): string[] {
  const lines = [
    ...missing(result),
    ...howMeasured(result),
    ...endedBy(result),
    ...differingRuns(result),
  ]
  const failures = result.variants.flatMap(failed)
  return [...lines.map((text) => paint.dim(text)), ...failures.map((text) => paint.red(text))]
}

function missing({ variants }: BenchResult): string[] {
  const series = variants.flatMap((each) => [each.series.cold, each.series.warm])
  const lines: string[] = []
  if (series.some(({ n }) => n < samplesNeeded(0.99))) {
    const needs = [50, 90, 99].map(
      (percent) => `p${percent} needs ${samplesNeeded(percent / 100).toLocaleString('en-US')}`,
    )
    lines.push(`${NOT_SUPPORTED}  too few samples for ten to lie beyond it: ${needs.join(', ')}`)
  }
  if (series.some(({ p50, p50Interval }) => p50 !== null && p50Interval === null)) {
    lines.push(`${NOT_SUPPORTED}  an interval needs ${LEAST_RUNS} runs`)
  }
  return lines
}

/** As many times as wide as it would be if the samples of all runs were alike. */
const MUCH_WIDER = 3

/** Where an interval is too wide to be of use, and it is because of the runs and not of the samples. */
function differingRuns({ variants, settings }: BenchResult): string[] {
  const series = variants.flatMap(({ id, series: { cold, warm } }) => [
    { name: `${id} cold`, ...cold },
    { name: `${id} warm`, ...warm },
  ])
  const differing = series.filter(({ p50, p50Interval, p50OrderInterval }) => {
    if (p50 === null || p50Interval === null || p50OrderInterval === null) return false
    const [width, alike] = [p50Interval, p50OrderInterval].map(({ low, high }) => high - low)
    const isTooWide = (width ?? 0) / 2 > settings.smallestEffect * p50
    return isTooWide && (width ?? 0) > MUCH_WIDER * (alike ?? 0)
  })
  if (differing.length === 0) return []
  const names = differing.map(({ name }) => name).join(', ')
  return [`${names}: the runs differ more than their samples do: more runs narrow the interval`]
}

function howMeasured({ variants, settings }: BenchResult): string[] {
  const runs = counted(settings.runs, 'run')
  const lines = [`${runs} of each, on a fresh controller whose first cold start does not count`]
  const calls = variants.map(({ warmUpCalls }) => warmUpCalls).filter((count) => count > 0)
  if (calls.length > 0) {
    const [least, most] = [Math.min(...calls), Math.max(...calls)]
    lines.push(`warm: after ${least === most ? least : `${least} to ${most}`} calls of the sandbox`)
  }
  return lines
}

function endedBy({ endedBy: rule, widestCi, settings }: BenchResult): string[] {
  const { untilCi } = settings
  if (untilCi === null || (rule !== 'interval' && rule !== 'most runs')) return []
  const widest =
    widestCi === null || widestCi === undefined ? 'not known' : `± ${percent(widestCi)}`
  return rule === 'interval'
    ? [`ended by --until-ci ${percent(untilCi)}: the widest interval of a median is ${widest}`]
    : [
        `ended by --max-runs ${settings.runs}: the widest interval of a median is ${widest}, not ± ${percent(untilCi)}`,
      ]
}

const percent = (share: number): string => `${Number((share * 100).toFixed(1))} %`

function failed({ label, failures, misclassified }: VariantResult): string[] {
  const name = shortened(label, NAME_WIDTH)
  const lines = Object.entries(failures).map(
    ([type, count]) => `${name}: ${count} failed with ${type}, not in the table`,
  )
  if (misclassified > 0) {
    lines.push(`${name}: ${misclassified} not cold or warm as they were meant to be, left out`)
  }
  return lines
}
