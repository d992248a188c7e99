import type { Series, SeriesName, VariantResult } from '../../measure/results/bench-result.ts'
import type { Interval } from '../../measure/results/figures.ts'
import type { Colours } from '../colours.ts'
import { formatMs, NOT_SUPPORTED } from '../format.ts'
import { plainTable } from '../plain-table.ts'
import { variantName } from './bench-labels.ts'
import { sparkline } from './bench-sparkline.ts'

const SPARKLINE_WIDTH = 16
const NAME_WIDTH = 72

const ROWS: readonly { readonly series: SeriesName; readonly text: string }[] = [
  { series: 'cold', text: 'cold (1st)' },
  { series: 'second', text: '2nd' },
  { series: 'tenth', text: '10th' },
  { series: 'warm', text: 'warm' },
]

/** Every series of every variant; those of which there is nothing are left out. */
export function latencyTable(variants: readonly VariantResult[], paint: Colours): string {
  const blocks = variants.map((variant) =>
    [headLine(variant, paint), rows(variant, paint)].join('\n'),
  )
  const [head = ''] = table([], paint).split('\n')
  return [head, ...blocks].join('\n')
}

/** As narrow as the figures are, whatever is in the other tables: so all have the same columns. */
function table(lines: readonly string[][], paint: Colours): string {
  const head = ['ms', 'n', 'p50', '95 % interval', 'p90', 'p99', 'max', ' min to p99, log']
  const widths = [13, 9, 8, 15, 8, 8, 8, 1 + SPARKLINE_WIDTH]
  const built = plainTable(head, 1, paint)
  built.options.colWidths = widths.map((width) => width + 1)
  built.options.colAligns[7] = 'left'
  built.push(...lines)
  return built.toString()
}

function headLine(variant: VariantResult, paint: Colours): string {
  const ratio = ratioText(variant)
  return `${paint.bold(variantName(variant, NAME_WIDTH))}${ratio === '' ? '' : paint.dim(`   ${ratio}`)}`
}

/** How many times longer a cold start takes, at the medians. */
function ratioText({ series: { cold, warm } }: VariantResult): string {
  if (cold.p50 === null || warm.p50 === null || warm.p50 === 0) return ''
  const ratio = cold.p50 / warm.p50
  return `cold = ${ratio < 10 ? ratio.toFixed(1) : Math.round(ratio)} × warm`
}

function rows({ series }: VariantResult, paint: Colours): string {
  const shown = ROWS.filter(({ series: name }) => name === 'cold' || series[name].n > 0)
  const lines = shown.map(({ series: name, text }) => row(text, series[name], name, paint))
  return table(lines, paint).split('\n').slice(1).join('\n')
}

function row(text: string, series: Series, name: SeriesName, paint: Colours): string[] {
  const { n, p50, p90, p99, max, p50Interval, runsMs } = series
  const colour = name === 'cold' ? paint.cyan : name === 'warm' ? paint.yellow : paint.dim
  const bars = sparkline(runsMs.flat(), SPARKLINE_WIDTH)
  return [
    `   ${colour(text)}`,
    n.toLocaleString('en-US'),
    paint.bold(formatMs(p50 ?? undefined)),
    intervalText(p50Interval),
    formatMs(p90 ?? undefined),
    formatMs(p99 ?? undefined),
    formatMs(max ?? undefined),
    bars === '' ? '' : ` ${colour(bars)}`,
  ]
}

export const intervalText = (
  interval: Interval | null,
  format: (value: number) => string = formatMs,
): string =>
  interval === null ? NOT_SUPPORTED : `[${format(interval.low)}, ${format(interval.high)}]`
