import { scaleLinear } from 'd3-scale'
import type { Part } from '../../measure/results/figures.ts'
import { horizontalAxis, millisecondLabel } from './axis.ts'
import { html, type Markup } from './escape.ts'
import { type Drawing, type Figure, figure, type PlotSize } from './figure.ts'
import { areaLegend } from './legend.ts'
import { plainMs } from './numbers.ts'
import { phaseColour } from './phase-colours.ts'
import { type Box, fitted, px, rect, text, textWidth } from './svg.ts'
import { table } from './tables.ts'

export interface PhaseRow {
  readonly name: string
  readonly parts: readonly Part[]
}

/** Where the time goes: one bar a variant, made of its phases in their order. */
export function phaseBars(
  words: Pick<Figure, 'id' | 'title' | 'lead'>,
  rows: readonly PhaseRow[],
): Markup {
  const shown = rows.filter(({ parts }) => parts.length > 0)
  const names = [...new Set(shown.flatMap(({ parts }) => parts.map(({ name }) => name)))]
  const colours = new Map(names.map((name, index) => [name, phaseColour(name, index)]))
  const drawing = figure({
    ...words,
    description: shown.map((row) => `${row.name}: ${partsText(row)}`).join('. '),
    key: areaLegend(names.map((name) => ({ name, colour: colours.get(name) ?? 's8' }))),
    note: 'Phases in the order they happen. Each is a median by itself: the median of the whole need not be their sum.',
    draw: shown.length === 0 ? null : (size) => draw(size, shown, colours),
  })
  return shown.length === 0 ? drawing : html`${drawing}${figuresOf(shown, names)}`
}

const figuresOf = (rows: readonly PhaseRow[], names: readonly string[]): Markup =>
  table(
    'Median of each phase, ms',
    ['', ...names, 'sum'].map((name) => ({ name, isMain: name === 'sum' })),
    rows.map(({ name, parts }) => ({
      head: name,
      cells: [
        ...names.map((each) => plainMs(parts.find((part) => part.name === each)?.ms ?? null)),
        plainMs(sumOf(parts)),
      ],
    })),
  )

const sumOf = (parts: readonly Part[]): number => parts.reduce((sum, { ms }) => sum + ms, 0)

const partsText = ({ parts }: PhaseRow): string =>
  parts.map(({ name, ms }) => `${name} ${plainMs(ms)} ms`).join(', ')

const BAR = 30
const ROW = 62

function draw(
  { width, isNarrow }: PlotSize,
  rows: readonly PhaseRow[],
  colours: ReadonlyMap<string, string>,
): Drawing {
  const box: Box = { left: 1, top: 4, right: width - 64, bottom: 4 + rows.length * ROW }
  const most = Math.max(...rows.map(({ parts }) => sumOf(parts)))
  const x = scaleLinear([0, most], [box.left, box.right])
  const bars = rows.map(({ name, parts }, index) => {
    const top = box.top + index * ROW + 22
    return html`${text({ x: 0, y: top - 7 }, fitted(name, width), { className: 'strong' })}${bar(parts, top, x, colours)}${text(
      { x: x(sumOf(parts)) + 8, y: top + BAR / 2 + 4 },
      `${plainMs(sumOf(parts))} ms`,
      { className: 'strong' },
    )}`
  })
  const ticks = x.ticks(isNarrow ? 4 : 8)
  return {
    height: box.bottom + 44,
    content: html`${horizontalAxis({
      scale: x,
      ticks: ticks.map((value) => ({ value, label: millisecondLabel(value) })),
      box,
      title: 'median, ms',
    })}${bars}`,
  }
}

function bar(
  parts: readonly Part[],
  top: number,
  x: (ms: number) => number,
  colours: ReadonlyMap<string, string>,
): Markup {
  let passedMs = 0
  const whole = sumOf(parts)
  const pieces = parts.map(({ name, ms }) => {
    const [left, right] = [x(passedMs), x(passedMs + ms)]
    passedMs += ms
    const percent = Math.round((ms / whole) * 100)
    const tip = `${name}\n${plainMs(ms)} ms, ${percent} %`
    return html`<g class="${colours.get(name) ?? 's8'}">${rect({ left, top, right, bottom: top + BAR }, 'fill edge', tip)}${inside(name, ms, { left, right, top })}</g>`
  })
  return html`<g>${pieces}</g>`
}

/** Name and figure where there is room for both, the figure where there is room for that, or nothing. */
function inside(
  name: string,
  ms: number,
  { left, right, top }: { left: number; right: number; top: number },
): Markup | null {
  const words = [`${name} ${plainMs(ms)}`, name].find(
    (each) => textWidth(each, 11.5) + 10 <= right - left,
  )
  if (words === undefined) return null
  return html`<text class="on" x="${px((left + right) / 2)}" y="${px(top + BAR / 2 + 4)}" text-anchor="middle">${words}</text>`
}
