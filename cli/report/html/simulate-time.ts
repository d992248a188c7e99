import { scaleLinear } from 'd3-scale'
import { area as areaOf, line as lineOf } from 'd3-shape'
import type { TimelineRow } from '../../../runtime/simulation/simulation-outcome.ts'
import type { PolicyResult } from '../../measure/results/simulate-result.ts'
import { horizontalAxis, type Scale, verticalAxis } from './axis.ts'
import { html, type Markup } from './escape.ts'
import { type Drawing, type Figure, figure, type PlotSize } from './figure.ts'
import { columns } from './hits.ts'
import { areaLegend, lineLegend } from './legend.ts'
import { count } from './numbers.ts'
import { type Box, path, px, rect, text } from './svg.ts'

type Words = Pick<Figure, 'id' | 'title' | 'lead'>

/** Sandboxes and invocations in flight over time: a panel for each policy, all of one scale. */
export const sandboxesPlot = (words: Words, policies: readonly PolicyResult[]): Markup =>
  panelsPlot(words, policies, {
    key: lineLegend([
      { colour: 's7', name: 'sandboxes' },
      { colour: 'ink-line', name: 'in flight' },
    ]),
    note: 'The most at any instant of each part of the time. What lies between the two lines is idle or starting.',
    most: ({ sandboxes, inFlight }) => Math.max(sandboxes, inFlight),
    shapes: ({ rows, x, y }) => {
      const at = (row: PlottedRow): number => px(x((row.fromMs + row.toMs) / 2))
      const area = areaOf<PlottedRow>(at, y(0), ({ sandboxes }) => px(y(sandboxes)))
      const sandboxes = lineOf<PlottedRow>(at, (row) => px(y(row.sandboxes)))
      const inFlight = lineOf<PlottedRow>(at, (row) => px(y(row.inFlight)))
      return html`${path(area(rows), 'light area s7')}${path(sandboxes(rows), 'curve thin s7')}${path(inFlight(rows), 'curve thin ink-line')}`
    },
    tip: ({ sandboxes, inFlight }) => `${count(sandboxes)} sandboxes\n${count(inFlight)} in flight`,
  })

/** Cold starts, and what did not run at all, over time: a panel for each policy, all of one scale. */
export const startsPlot = (words: Words, policies: readonly PolicyResult[]): Markup =>
  panelsPlot(words, policies, {
    key: areaLegend(STACK.map(({ name, colour }) => ({ name, colour }))),
    note: 'How many within each part of the time, on top of one another.',
    most: (row) => STACK.reduce((sum, { value }) => sum + value(row), 0),
    shapes: ({ rows, x, y }) => html`${rows.map((row) => barsOf(row, x, y))}`,
    tip: (row) => STACK.map(({ name, value }) => `${count(value(row))} ${name}`).join('\n'),
  })

/** From the bottom. */
const STACK: readonly {
  readonly name: string
  readonly colour: string
  readonly value: (row: PlottedRow) => number
}[] = [
  { name: 'cold', colour: 's1', value: ({ cold }) => cold },
  { name: 'throttled', colour: 's2', value: ({ throttled }) => throttled },
  { name: 'refused', colour: 's6', value: ({ refused }) => refused },
]

function barsOf(row: PlottedRow, x: Scale, y: Scale): Markup {
  const [left, right] = [x(row.fromMs), x(row.toMs)]
  const gap = right - left > 4 ? 0.5 : 0
  let floor = 0
  return html`${STACK.map(({ colour, value }) => {
    const [from, to] = [floor, floor + value(row)]
    floor = to
    if (to === from) return null
    const box = { left: left + gap, right: right - gap, top: y(to), bottom: y(from) }
    return html`<g class="${colour}">${rect(box, 'fill')}</g>`
  })}`
}

interface PlottedRow extends TimelineRow {
  readonly toMs: number
}

interface Panels {
  readonly key: Markup
  readonly note: string
  readonly most: (row: PlottedRow) => number
  readonly shapes: (panel: {
    readonly rows: PlottedRow[]
    readonly x: Scale
    readonly y: Scale
  }) => Markup
  readonly tip: (row: PlottedRow) => string
}

function panelsPlot(words: Words, policies: readonly PolicyResult[], panels: Panels): Markup {
  const shown = policies.filter(({ outcome }) => outcome.timeline.length > 1)
  return figure({
    ...words,
    description: shown
      .map(({ policy, outcome: { concurrency, sandboxes } }) => {
        return `${policy}: at most ${concurrency.max} in flight, ${sandboxes.max} sandboxes`
      })
      .join('. '),
    key: panels.key,
    note: panels.note,
    draw: shown.length === 0 ? null : (size) => draw(size, shown, panels),
  })
}

/** More would only make the file larger: it is drawn once for each. */
const MOST_ROWS = { wide: 150, narrow: 75 } as const

function draw(
  { width, isNarrow }: PlotSize,
  policies: readonly PolicyResult[],
  { most, shapes, tip }: Panels,
): Drawing {
  const panelHeight = isNarrow ? 72 : 84
  const step = panelHeight + 34
  const outer: Box = { left: 46, top: 22, right: width - 12, bottom: policies.length * step - 12 }
  const all = policies.map(({ policy, outcome: { timeline, simulatedMs } }) => ({
    policy,
    rows: fewerRows(timeline, simulatedMs, isNarrow ? MOST_ROWS.narrow : MOST_ROWS.wide),
  }))
  const time = timeAxis(Math.max(...policies.map(({ outcome }) => outcome.simulatedMs)))
  const x = scaleLinear([0, time.lengthMs], [outer.left, outer.right])
  const largest = Math.max(1, ...all.flatMap(({ rows }) => rows.map(most)))
  const panels = all.map(({ policy, rows }, index) => {
    const top = outer.top + index * step
    const box = { ...outer, top, bottom: top + panelHeight }
    const y = scaleLinear([0, largest * 1.06], [box.bottom, box.top])
    const ticks = y.ticks(3).filter((value) => Number.isInteger(value))
    const hits = rows.map((row) => {
      const [from, to] = [x(row.fromMs), x(row.toMs)]
      const span = `${time.textOf(row.fromMs)} to ${time.textOf(row.toMs)} ${time.name}`
      return { from, to, at: (from + to) / 2, tip: `${policy}, ${span}\n${tip(row)}` }
    })
    return html`<g class="panel">${text({ x: 0, y: top - 9 }, policy, { className: 'panel-title' })}${verticalAxis(
      { scale: y, ticks: ticks.map((value) => ({ value, label: count(value) })), box },
    )}${shapes({ rows, x, y })}${columns(hits, box)}</g>`
  })
  return {
    height: outer.bottom + 44,
    content: html`${horizontalAxis({
      scale: (value) => x(value * time.unitMs),
      ticks: scaleLinear([0, time.lengthMs / time.unitMs], [0, 1])
        .ticks(isNarrow ? 4 : 12)
        .map((value) => ({ value, label: String(value) })),
      box: outer,
      title: `${time.name} since the start`,
    })}${panels}`,
  }
}

/** Neighbours together: gauges as their largest, counts as their sum. */
function fewerRows(
  timeline: readonly TimelineRow[],
  simulatedMs: number,
  most: number,
): PlottedRow[] {
  const each = Math.ceil(timeline.length / most)
  return Array.from({ length: Math.ceil(timeline.length / each) }, (_, index) => {
    const part = timeline.slice(index * each, (index + 1) * each)
    const sum = (of: (row: TimelineRow) => number) =>
      part.reduce((total, row) => total + of(row), 0)
    const max = (of: (row: TimelineRow) => number) => Math.max(...part.map(of))
    return {
      fromMs: part[0]?.fromMs ?? 0,
      toMs: timeline[(index + 1) * each]?.fromMs ?? simulatedMs,
      arrived: sum(({ arrived }) => arrived),
      cold: sum(({ cold }) => cold),
      throttled: sum(({ throttled }) => throttled),
      refused: sum(({ refused }) => refused),
      inFlight: max(({ inFlight }) => inFlight),
      sandboxes: max(({ sandboxes }) => sandboxes),
      memoryMb: max(({ memoryMb }) => memoryMb),
    }
  })
}

function timeAxis(lengthMs: number) {
  const units = [
    { unitMs: 86_400_000, name: 'days' },
    { unitMs: 3_600_000, name: 'hours' },
    { unitMs: 60_000, name: 'minutes' },
  ]
  const found = units.find(({ unitMs }) => lengthMs >= 3 * unitMs)
  const unit = found ?? { unitMs: 1_000, name: 'seconds' }
  const textOf = (ms: number): string =>
    (ms / unit.unitMs).toLocaleString('en-US', { maximumFractionDigits: 2 })
  return { lengthMs, ...unit, textOf }
}
