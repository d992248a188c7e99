import { scaleLog } from 'd3-scale'
import type { Comparison, Verdict } from '../../measure/results/bench-result.ts'
import { horizontalAxis, type Tick } from './axis.ts'
import { html, type Markup } from './escape.ts'
import { type Drawing, type Figure, figure, type PlotSize } from './figure.ts'
import { between, ratioText } from './numbers.ts'
import { type Box, line, px, rect, text } from './svg.ts'

/** Every comparison as a ratio with its interval; what lies within the band is too small to matter. */
export function comparisonPlot(
  words: Pick<Figure, 'id' | 'title' | 'lead'>,
  comparisons: readonly Comparison[],
  smallestEffect: number,
): Markup {
  return figure({
    ...words,
    description: comparisons
      .map((each) => `${nameOf(each)}: ${figuresOf(each)}, ${each.verdict}`)
      .join('. '),
    note: `Mark: ratio of the two; line: its 95 % interval; axis logarithmic. Band: differences under ${percent(smallestEffect)}, which was said to be too small to matter.`,
    draw: comparisons.length === 0 ? null : (size) => draw(size, comparisons, smallestEffect),
  })
}

/** How a verdict is coloured; its words are beside it everywhere. */
export const VERDICT_CLASSES: Readonly<Record<Verdict, string>> = {
  faster: 'faster',
  slower: 'slower',
  'no difference shown': 'same',
  'too noisy': 'noisy',
}

export const nameOf = ({ a, b, series, quantile }: Comparison): string =>
  `${b} ÷ ${a}, ${series} p${quantile * 100}`

const figuresOf = ({ ratio: { value, interval } }: Comparison): string =>
  interval === null
    ? `${ratioText(value)} (n too small)`
    : `${ratioText(value)} (${between(interval, (each) => each.toFixed(2))})`

const percent = (share: number): string => `${Math.round(share * 1_000) / 10} %`

const NAME_WIDTH = 150
const VERDICT_WIDTH = 292
const RATIOS = [
  0.05, 0.1, 0.2, 0.3, 0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.1, 1.2, 1.4, 1.7, 2, 3, 5, 10, 20,
]
/** First those that must not be left out. */
const RATIO_TICKS: readonly Tick[] = [1, 0.5, 2, 0.8, 1.2, ...RATIOS].map((value) => ({
  value,
  label: String(value),
}))

function draw(
  { width, isNarrow }: PlotSize,
  comparisons: readonly Comparison[],
  smallestEffect: number,
): Drawing {
  const rowHeight = isNarrow ? 58 : 34
  const box: Box = {
    left: isNarrow ? 10 : NAME_WIDTH,
    top: 8,
    right: isNarrow ? width - 10 : width - VERDICT_WIDTH,
    bottom: 8 + comparisons.length * rowHeight,
  }
  const x = scaleLog(domainOf(comparisons, smallestEffect), [box.left, box.right])
  const [low, high] = x.domain() as [number, number]
  const band = rect(
    {
      left: x(1 / (1 + smallestEffect)),
      right: x(1 + smallestEffect),
      top: box.top,
      bottom: box.bottom,
    },
    'band',
  )
  const rows = comparisons.map((each, index) => {
    const top = box.top + index * rowHeight
    const y = top + (isNarrow ? 40 : rowHeight / 2)
    const textY = isNarrow ? top + 22 : y + 4
    const name = text({ x: 0, y: textY }, nameOf(each), { className: 'strong' })
    const verdict = isNarrow
      ? text({ x: width, y: textY }, `${ratioText(each.ratio.value)}  ${each.verdict}`, {
          anchor: 'end',
          className: 'coloured halo',
        })
      : html`${text({ x: box.right + 18, y: textY }, each.verdict, { className: 'coloured' })}${text({ x: width, y: textY }, figuresOf(each), { anchor: 'end', className: 'quiet' })}`
    return html`<g class="${VERDICT_CLASSES[each.verdict]}">${name}${mark(each, y, x)}${verdict}</g>`
  })
  return {
    height: box.bottom + 46,
    content: html`${band}${horizontalAxis({
      scale: x,
      ticks: RATIO_TICKS.filter(({ value }) => value >= low && value <= high),
      box,
      title: '← faster · ratio, log scale · slower →',
    })}${line({ x: x(1), y: box.top }, { x: x(1), y: box.bottom }, 'unity')}${rows}`,
  }
}

function domainOf(comparisons: readonly Comparison[], smallestEffect: number): [number, number] {
  const all = comparisons.flatMap(({ ratio: { value, interval } }) => [
    value,
    interval?.low ?? value,
    interval?.high ?? value,
  ])
  const least = Math.min(1 / (1 + smallestEffect), ...all.filter((value) => value > 0))
  const most = Math.max(1 + smallestEffect, ...all)
  return [least / 1.06, most * 1.06]
}

/** Estimates without an interval are open: they prove nothing. */
function mark({ ratio, verdict }: Comparison, y: number, x: (ratio: number) => number): Markup {
  const at = x(ratio.value)
  const { interval } = ratio
  const whisker =
    interval !== null &&
    html`${line({ x: x(interval.low), y }, { x: x(interval.high), y }, 'whisker')}${[interval.low, interval.high].map((end) => line({ x: x(end), y: y - 5 }, { x: x(end), y: y + 5 }, 'whisker'))}`
  const className = interval === null || verdict === 'too noisy' ? 'mark-open' : 'mark-edge'
  return html`${whisker}<rect class="${className}" x="${px(at - 6)}" y="${px(y - 6)}" width="12" height="12" rx="2"/>`
}
