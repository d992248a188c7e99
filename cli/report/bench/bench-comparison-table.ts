import type {
  BenchResult,
  Comparison,
  SeriesName,
  Verdict,
} from '../../measure/results/bench-result.ts'
import type { Estimate } from '../../measure/results/figures.ts'
import { LEAST_RUNS } from '../../measure/statistics/bootstrap.ts'
import type { Colours } from '../colours.ts'
import { formatMs, NOT_SUPPORTED } from '../format.ts'
import { plainTable } from '../plain-table.ts'
import { variantName } from './bench-labels.ts'
import { intervalText } from './bench-latency-table.ts'

const SERIES_TEXTS: Readonly<Record<SeriesName, string>> = {
  cold: 'cold (1st)',
  second: '2nd',
  tenth: '10th',
  warm: 'warm',
}

/** Verdicts, with what they rest on; empty with one variant. */
export function comparisonTables({ variants, comparisons, settings }: BenchResult, paint: Colours) {
  const smallest = percent(settings.smallestEffect)
  const pairs = new Map<string, Comparison[]>()
  for (const each of comparisons) {
    const key = `${each.b} ${each.a}`
    pairs.set(key, [...(pairs.get(key) ?? []), each])
  }
  if (pairs.size === 0) return ''
  if (comparisons.every(({ ratio }) => ratio.interval === null)) {
    return paint.dim(`No comparison: verdicts need ${LEAST_RUNS} runs of each, and 20 samples`)
  }
  const bases = new Set(comparisons.map(({ a }) => a))
  const nameOf = (id: string, width = 60): string => {
    const variant = variants.find((each) => each.id === id)
    return variant === undefined ? id : variantName(variant, width)
  }
  const parts = [...pairs.values()].map((pair) => {
    const { a = '', b = '' } = pair[0] ?? {}
    const against = bases.size > 1 ? paint.dim(`   against ${a}`) : ''
    return `${paint.bold(nameOf(b))}${against}\n${rows(pair, paint)}`
  })
  const title = settings.aa
    ? 'Every variant against itself'
    : `Against ${bases.size > 1 ? 'the other build' : nameOf([...bases][0] ?? '', 36)}`
  const note = paint.dim(`; the smallest difference that matters: ${smallest}`)
  const heading = `${paint.bold(title)}${note}`
  const [head = ''] = table([], paint).split('\n')
  return [heading, head, ...parts].join('\n')
}

const percent = (share: number): string => `${Number((share * 100).toFixed(1))} %`

function table(lines: readonly string[][], paint: Colours): string {
  const head = ['', '', 'ratio', '95 % interval', 'difference ms', '95 % interval', '  verdict']
  const widths = [13, 4, 6, 15, 13, 16, 22]
  const built = plainTable(head, 2, paint)
  built.options.colWidths = widths.map((width) => width + 1)
  built.options.colAligns[6] = 'left'
  built.push(...lines)
  return built.toString()
}

function rows(pair: readonly Comparison[], paint: Colours): string {
  const lines = pair.map(({ series, quantile, ratio, differenceMs, verdict }) => [
    `   ${SERIES_TEXTS[series]}`,
    `p${quantile * 100}`,
    paint.bold(supported(ratio, ratioText)),
    intervalText(ratio.interval, ratioText),
    supported(differenceMs, signed),
    intervalText(differenceMs.interval, signed),
    `  ${COLOURED[verdict](paint)(verdict)}`,
  ])
  return table(lines, paint).split('\n').slice(1).join('\n')
}

/** Without an interval the samples were too few for a figure. */
const supported = ({ value, interval }: Estimate, format: (value: number) => string): string =>
  interval === null ? NOT_SUPPORTED : format(value)

const ratioText = (ratio: number): string =>
  Number.isFinite(ratio) ? ratio.toFixed(ratio < 10 ? 3 : 1) : NOT_SUPPORTED

const signed = (ms: number): string => `${ms < 0 ? '−' : '+'}${formatMs(Math.abs(ms))}`

const COLOURED: Readonly<Record<Verdict, (paint: Colours) => (text: string) => string>> = {
  faster: ({ green }) => green,
  slower: ({ red }) => red,
  'no difference shown': ({ dim }) => dim,
  'too noisy': ({ yellow }) => yellow,
}
