import type {
  BenchComparison,
  LoadComparison,
  ResultComparison,
} from '../../measure/compare/compare-results.ts'
import type { Comparison, VariantResult, Verdict } from '../../measure/results/bench-result.ts'
import type { Estimate } from '../../measure/results/figures.ts'
import type { LoadResult } from '../../measure/results/load-result.ts'
import type { Colours } from '../colours.ts'
import { formatMs, NOT_SUPPORTED, shortened } from '../format.ts'
import { plainTable } from '../plain-table.ts'

const MAX_PATH_WIDTH = 60

/** Which files, the figures of each beside the others, and what they allow to be said. */
export function compareReport(comparison: ResultComparison, paint: Colours): string {
  const parts = [
    filesText(comparison, paint),
    ...(comparison.kind === 'bench'
      ? benchParts(comparison, paint)
      : [latencyTable(comparison, paint), outcomeTable(comparison, paint), LOAD_NOTE].flat()),
  ]
  // Tables pad their last column too.
  return parts.join('\n\n').replaceAll(/ +$/gm, '')
}

const filesText = ({ files }: ResultComparison, paint: Colours): string =>
  files
    .map(({ id, path, result: { startedAt, environment } }) => {
      const when = startedAt.slice(0, 16).replace('T', ' ')
      const about = `${when}, Sandlot ${environment.sandlot}, Node ${environment.node}`
      return `${paint.bold(id)}  ${shortened(path, MAX_PATH_WIDTH)}  ${paint.dim(about)}`
    })
    .join('\n')

function benchParts({ pairs, smallestEffect }: BenchComparison, paint: Colours): string[] {
  const tables = pairs.map(({ label, a, b, comparisons }) => {
    const head = ['', '', `${a.id} ms`, `${b.id} ms`, 'ratio', '95 % interval', 'effect', 'verdict']
    const table = plainTable(head, 2, paint)
    table.options.colAligns[head.length - 1] = 'left'
    for (const each of comparisons) table.push(comparisonRow(each, a, b, paint))
    const title = paint.bold(`${b.id} against ${a.id}: ${label}`)
    return comparisons.length === 0
      ? `${title}\n${paint.dim('no series of which both have samples')}`
      : `${title}\n${table.toString()}`
  })
  const percent = Number((smallestEffect * 100).toPrecision(3))
  const note = [
    `Smallest difference that matters: ${percent} %. Runs of different files were not measured side by`,
    'side, so they are resampled apart: a machine that was slower on one day looks like a difference.',
    'effect: Cliff’s delta, -1 to 1; positive: the later one is slower.',
  ]
  return [...tables, paint.dim(note.join('\n'))]
}

function comparisonRow(
  { series, quantile, ratio, effect, verdict }: Comparison,
  a: VariantResult,
  b: VariantResult,
  paint: Colours,
): string[] {
  const stat = quantile === 0.5 ? 'p50' : 'p99'
  return [
    series,
    stat,
    ms(a.series[series][stat]),
    ms(b.series[series][stat]),
    paint.bold(ratioText(ratio)),
    intervalText(ratio),
    effect.toFixed(2),
    COLOURED[verdict](paint)(verdict),
  ]
}

const ms = (value: number | null): string => formatMs(value ?? undefined)

/** A ratio of too few samples for an interval would say more than they do. */
const ratioText = ({ value, interval }: Estimate): string =>
  interval === null ? NOT_SUPPORTED : value.toFixed(3)

const intervalText = ({ interval }: Estimate): string =>
  interval === null ? NOT_SUPPORTED : `${interval.low.toFixed(3)} to ${interval.high.toFixed(3)}`

const COLOURED: Readonly<Record<Verdict, (paint: Colours) => (text: string) => string>> = {
  faster: ({ green }) => green,
  slower: ({ red }) => red,
  'no difference shown': ({ dim }) => dim,
  'too noisy': ({ yellow }) => yellow,
}

function latencyTable({ files }: LoadComparison, paint: Colours): string {
  const [, ...others] = files
  const ratios = others.map(({ id }) => `${id} / A`)
  const table = plainTable(['', '', ...files.map(({ id }) => `${id} ms`), ...ratios], 2, paint)
  for (const [name, kind] of LATENCIES) {
    for (const stat of ['p50', 'p99'] as const) {
      const figures = files.map(({ result }) => result.answered[kind][stat])
      const [first = null, ...rest] = figures
      const quotients = rest.map((each) =>
        each === null || first === null ? NOT_SUPPORTED : (each / first).toFixed(3),
      )
      table.push([name, stat, ...figures.map(ms), ...quotients])
    }
  }
  return `${paint.bold('Answered by the function')}\n${table.toString()}`
}

const LATENCIES = [
  ['response, from the planned instant', 'responseMs'],
  ['service, from the send', 'serviceMs'],
] as const

const LOAD_NOTE =
  'A load test is one run: how much runs differ is not known, so there is no interval and no verdict.'

function outcomeTable({ files }: LoadComparison, paint: Colours): string {
  const counts = files.map(({ result }) => countsOf(result))
  const names = [...new Set(counts.flatMap((each) => [...each.keys()]))]
  const table = plainTable(['', ...files.flatMap(({ id }) => [id, ''])], 1, paint)
  for (const name of names) {
    const cells = counts.flatMap((each) => {
      const count = each.get(name) ?? 0
      const all = [...each.values()].reduce((sum, one) => sum + one, 0)
      const share = all === 0 ? '' : `${((count / all) * 100).toFixed(2)} %`
      return [count.toLocaleString('en-US'), paint.dim(share)]
    })
    table.push([name, ...cells])
  }
  return `${paint.bold('Requests by outcome')}\n${table.toString()}`
}

function countsOf({ outcomes, validity: { dropped } }: LoadResult): Map<string, number> {
  const counts = outcomes.map(({ outcome, reason, count }) => {
    return [reason === null ? outcome : `${outcome}: ${reason}`, count] as const
  })
  return new Map(dropped === 0 ? counts : [...counts, ['not sent' as string, dropped] as const])
}
