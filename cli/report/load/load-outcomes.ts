import type {
  Latencies,
  LoadResult,
  OutcomeName,
  OutcomeResult,
} from '../../measure/results/load-result.ts'
import { distributionFrom, LatencyHistogram } from '../../measure/statistics/histogram.ts'
import type { Colours } from '../colours.ts'
import { formatMs } from '../format.ts'
import { plainTable } from '../plain-table.ts'

/** One row for each outcome, all of its reasons together. */
export function outcomeTable({ outcomes, answered, validity }: LoadResult, paint: Colours): string {
  const head = ['', 'count', 'share', 'response p50', 'p90', 'p99', 'max', 'service p50', 'p99 ms']
  const table = plainTable(head, 1, paint)
  const total = outcomes.reduce((sum, { count }) => sum + count, 0) + validity.dropped
  const row = (label: string, count: number, latencies: Latencies): string[] => [
    label,
    count.toLocaleString('en-US'),
    `${((100 * count) / total).toFixed(1)} %`,
    ...figures(latencies, paint),
  ]
  const merged = mergedByOutcome(outcomes)
  const successes = merged.filter(({ outcome }) => SUCCESSES.includes(outcome))
  if (successes.length > 1) {
    const count = successes.reduce((sum, each) => sum + each.count, 0)
    table.push(row(paint.bold('answered'), count, answered))
  }
  for (const { outcome, count, latencies } of merged) {
    table.push(row(paintOf(outcome, paint)(outcome), count, latencies))
  }
  return table.toString()
}

/** Of throttles and failures: how many for which reason. */
export function reasonLines({ outcomes }: LoadResult, paint: Colours): string[] {
  const named = outcomes.filter(({ reason }) => reason !== null)
  const widest = Math.max(0, ...named.map(({ count }) => count.toLocaleString('en-US').length))
  return named.map(({ outcome, reason, count }) => {
    const text = count.toLocaleString('en-US').padStart(widest)
    return `${text}  ${paintOf(outcome, paint)(outcome)}  ${reason}`
  })
}

const SUCCESSES: readonly OutcomeName[] = ['cold', 'warm', 'answered']

function figures({ responseMs, serviceMs }: Latencies, paint: Colours): string[] {
  const { p50, p90, p99, max } = responseMs
  const text = (value: number | null): string => formatMs(value ?? undefined)
  return [
    paint.bold(text(p50)),
    text(p90),
    text(p99),
    text(max),
    text(serviceMs.p50),
    text(serviceMs.p99),
  ]
}

function mergedByOutcome(outcomes: readonly OutcomeResult[]): Omit<OutcomeResult, 'reason'>[] {
  const names = [...new Set(outcomes.map(({ outcome }) => outcome))]
  return names.map((outcome) => {
    const own = outcomes.filter((each) => each.outcome === outcome)
    const count = own.reduce((sum, each) => sum + each.count, 0)
    const [only] = own
    // One by itself has its own figures, which are exact at the ends.
    if (only !== undefined && own.length === 1) return { outcome, count, latencies: only.latencies }
    return {
      outcome,
      count,
      latencies: { responseMs: merged(own, 'responseMs'), serviceMs: merged(own, 'serviceMs') },
    }
  })
}

function merged(outcomes: readonly OutcomeResult[], kind: keyof Latencies) {
  const sum = new LatencyHistogram()
  for (const { latencies } of outcomes)
    sum.merge(LatencyHistogram.decode(latencies[kind].histogram))
  return distributionFrom(sum)
}

/** The colours that the same things have elsewhere. */
function paintOf(outcome: OutcomeName, paint: Colours): (text: string) => string {
  switch (outcome) {
    case 'cold':
      return paint.cyan
    case 'warm':
    case 'answered':
      return paint.yellow
    case 'throttle':
      return paint.magenta
    default:
      return paint.red
  }
}
