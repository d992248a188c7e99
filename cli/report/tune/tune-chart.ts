import type { Colours } from '../colours.ts'
import { Canvas } from './tune-canvas.ts'

export interface ChartPoint {
  readonly memorySizeMb: number
  readonly ms: number
  readonly usd: number
}

/** With the two axes the chart is 94 columns wide. */
const COLUMNS = 70
const ROWS = 13
const AXIS_WIDTH = 10
/** The first at the bottom row, the last at the top one. */
const FIGURES = 5
const ROWS_PER_FIGURE = (ROWS - 1) / (FIGURES - 1)

/**
 * Time and cost against memory, as the well-known AWS Lambda Power Tuning draws them: time with its
 * axis on the left, cost with its own on the right, both from 0. Memory is on a logarithmic scale.
 *
 * @param points by size.
 */
export function tuneChart(points: readonly ChartPoint[], paint: Colours): string {
  if (points.length < 2) return ''
  const most = { ms: topOf(points, 'ms'), usd: topOf(points, 'usd') }
  const canvas = new Canvas(COLUMNS, ROWS)
  const across = xOf(points)
  const draw = (of: 'ms' | 'usd', mark: string, gap: number, colour: Colours['cyan']) => {
    const places = points.map((point) => [across(point), up(point[of] / most[of])] as const)
    for (const [index, place] of places.entries()) {
      const next = places[index + 1]
      if (next !== undefined) canvas.line(place, next, gap, colour)
    }
    for (const place of places) canvas.mark(place, mark, colour)
  }
  draw('usd', '○', 3, paint.yellow)
  draw('ms', '●', 1, paint.cyan)
  const rows = canvas.rows().map((row, index) => withAxes(row, index, most, paint))
  const left = ' '.repeat(AXIS_WIDTH)
  return [
    `${paint.cyan('● warm p50, ms'.padStart(AXIS_WIDTH + 4))}${paint.yellow('○ US dollars a million'.padStart(COLUMNS + 4))}`,
    ...rows,
    paint.dim(`${left} └${'─'.repeat(COLUMNS)}┘`),
    paint.dim(`${left}  ${sizeLabels(points, across)} MB`),
  ]
    .map((row) => row.trimEnd())
    .join('\n')
}

/** The height of a share of the axis, which goes from the middle of the bottom row to that of the top. */
const up = (share: number): number => (0.5 + share * (ROWS - 1)) / ROWS

/** Where an axis ends, so that the figures on it are round. */
function topOf(points: readonly ChartPoint[], of: 'ms' | 'usd'): number {
  const most = Math.max(...points.map(({ [of]: value }) => value))
  const step = most / (FIGURES - 1)
  const power = 10 ** Math.floor(Math.log10(step))
  const round = ROUND_STEPS.find((each) => each * power >= step) ?? 10
  return round * power * (FIGURES - 1)
}

const ROUND_STEPS = [1, 2, 2.5, 5, 10] as const

function xOf(points: readonly ChartPoint[]): (point: ChartPoint) => number {
  const least = Math.log(points[0]?.memorySizeMb ?? 1)
  const most = Math.log(points.at(-1)?.memorySizeMb ?? 1)
  return ({ memorySizeMb }) => (Math.log(memorySizeMb) - least) / (most - least)
}

function withAxes(
  row: string,
  index: number,
  most: { readonly ms: number; readonly usd: number },
  paint: Colours,
): string {
  const fromBottom = ROWS - 1 - index
  const hasFigure = fromBottom % ROWS_PER_FIGURE === 0
  const share = fromBottom / (ROWS - 1)
  if (!hasFigure) return `${' '.repeat(AXIS_WIDTH)} ${paint.dim('│')}${row}${paint.dim('│')}`
  const ms = formatRound(most.ms * share).padStart(AXIS_WIDTH)
  const usd = `$${formatRound(most.usd * share)}`
  return `${paint.cyan(ms)} ${paint.dim('┤')}${row}${paint.dim('├')} ${paint.yellow(usd)}`
}

const formatRound = (value: number): string =>
  value.toLocaleString('en-US', { maximumSignificantDigits: 3 })

/** Below their points; one that would run into the one before it is left out. */
function sizeLabels(points: readonly ChartPoint[], across: (point: ChartPoint) => number): string {
  let text = ''
  for (const point of points) {
    const label = String(point.memorySizeMb)
    const middle = Math.round(across(point) * (COLUMNS - 1))
    const start = Math.max(0, Math.min(COLUMNS - label.length, middle - (label.length >> 1)))
    if (text !== '' && start <= text.length) continue
    text = text.padEnd(start) + label
  }
  return text.padEnd(COLUMNS)
}
