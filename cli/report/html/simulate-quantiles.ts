import { scaleLinear, scaleLog } from 'd3-scale'
import { horizontalAxis, logTicks, millisecondLabel, roundLogDomain, type Scale } from './axis.ts'
import { html, type Markup } from './escape.ts'
import { type Drawing, type Figure, figure, type PlotSize } from './figure.ts'
import { type Box, circle, line, text } from './svg.ts'
import type { SeriesColour } from './theme.ts'

/** One distribution as a row: its quantiles from left to right. */
export interface QuantileRow {
  /** `undefined`: the name of the row before stands for this one too. */
  readonly name: string | undefined
  /** Tells the rows of one name apart. */
  readonly kind?: string
  readonly colour: SeriesColour
  /** Ascending; those without samples enough are left out. */
  readonly marks: readonly Mark[]
}

interface Mark {
  /** `p90`. */
  readonly label: string
  readonly value: number
}

interface Axis {
  readonly kind: 'time' | 'share'
  readonly title: string
  /** A value with its unit. */
  readonly format: (value: number) => string
}

/** Distributions below one another, on one axis: times on a logarithmic one, shares from 0 to 1. */
export function quantilePlot(
  words: Pick<Figure, 'id' | 'title' | 'lead' | 'note'>,
  rows: readonly QuantileRow[],
  axis: Axis,
): Markup {
  const values = rows.flatMap(({ marks }) => marks.map(({ value }) => value))
  return figure({
    ...words,
    description: rows.map((row) => tipOf(row, axis).replaceAll('\n', ' ')).join('. '),
    draw: values.length === 0 ? null : (size) => draw(size, rows, values, axis),
  })
}

const tipOf = ({ name, kind, marks }: QuantileRow, { format }: Axis): string =>
  [
    [name, kind].filter((each) => each !== undefined).join(', '),
    ...marks.map(({ label, value }) => `${label} ${format(value)}`),
  ].join('\n')

const NAME_WIDTH = 128
const KIND_WIDTH = 44

function draw(
  { width, isNarrow }: PlotSize,
  rows: readonly QuantileRow[],
  values: readonly number[],
  axis: Axis,
): Drawing {
  const rowHeight = isNarrow ? 22 : 25
  const hasKinds = rows.some(({ kind }) => kind !== undefined)
  const places = placesOf(rows, rowHeight, isNarrow ? 20 : 8)
  const box: Box = {
    left: (isNarrow ? 4 : NAME_WIDTH) + (hasKinds ? KIND_WIDTH : 0),
    top: 6,
    right: width - 18,
    bottom: (places.at(-1)?.y ?? 0) + rowHeight,
  }
  const { scale, ticks } = scaleOf(values, axis, box, isNarrow)
  return {
    height: box.bottom + 44,
    content: html`${horizontalAxis({ scale, ticks, box, title: axis.title })}${places.map(
      ({ row, y, nameY }) =>
        html`<g class="${row.colour}">${
          row.name !== undefined &&
          text({ x: 0, y: isNarrow ? nameY : y + 4 }, row.name, { className: 'coloured halo' })
        }${
          row.kind !== undefined &&
          text({ x: box.left - 12, y: y + 4 }, row.kind, { anchor: 'end', className: 'quiet' })
        }${row.marks.length === 0 ? text({ x: box.left, y: y + 4 }, 'n too small', { className: 'quiet' }) : marksOf(row, y, scale, axis)}</g>`,
    )}`,
  }
}

/** Rows of one name are near one another; on a phone the name has a line of its own above them. */
function placesOf(rows: readonly QuantileRow[], rowHeight: number, gap: number) {
  let y = 0
  return rows.map((row) => {
    if (row.name !== undefined) y += gap
    y += rowHeight
    return { row, y: y - rowHeight / 2 + 6, nameY: y - rowHeight + 2 }
  })
}

function marksOf(row: QuantileRow, y: number, scale: Scale, axis: Axis): Markup {
  const places = row.marks.map(({ value }) => scale(value))
  const [from, to] = [Math.min(...places), Math.max(...places)]
  const tip = (mark: Mark): string =>
    [row.name ?? '', row.kind ?? '', `${mark.label} ${axis.format(mark.value)}`]
      .filter((each) => each !== '')
      .join(' ')
  return html`${line({ x: from, y }, { x: to, y }, 'thread')}${row.marks
    .toReversed()
    .map((mark) => {
      const x = scale(mark.value)
      const { radius, className } = LOOKS[mark.label] ?? { radius: 3.5, className: 'mark-open' }
      if (radius > 0) return circle({ x, y }, radius, className, tip(mark))
      return line({ x, y: y - 6 }, { x, y: y + 6 }, 'whisker')
    })}`
}

/** The median stands out; what is rarer is lighter. */
const LOOKS: Readonly<Record<string, { readonly radius: number; readonly className: string }>> = {
  p50: { radius: 6.5, className: 'mark-edge' },
  p75: { radius: 5, className: 'mark-edge' },
  p90: { radius: 5, className: 'mark-edge' },
  p99: { radius: 4.5, className: 'mark-open' },
  max: { radius: 0, className: '' },
}

function scaleOf(values: readonly number[], { kind }: Axis, box: Box, isNarrow: boolean) {
  const range = [box.left + 8, box.right - 8]
  if (kind === 'share') {
    const scale = scaleLinear([0, 1], range)
    const ticks = scale
      .ticks(isNarrow ? 4 : 10)
      .map((value) => ({ value, label: `${Math.round(value * 100)} %` }))
    return { scale, ticks }
  }
  const domain = roundLogDomain(Math.min(...values), Math.max(...values))
  const ticks = logTicks(...domain, isNarrow ? 5 : 10)
  return {
    scale: scaleLog(domain, range),
    ticks: ticks.map((value) => ({ value, label: millisecondLabel(value) })),
  }
}
