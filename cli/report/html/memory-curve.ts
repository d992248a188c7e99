import { scaleLinear, scaleLog } from 'd3-scale'
import { line as lineOf } from 'd3-shape'
import type { TunedSize, TuneResult } from '../../measure/results/tune-result.ts'
import { horizontalAxis, millisecondLabel, type Scale, verticalAxis } from './axis.ts'
import { html, type Markup } from './escape.ts'
import { type Drawing, type Figure, figure, type PlotSize } from './figure.ts'
import { columns } from './hits.ts'
import { between, count, megabytes, plainMs, usd } from './numbers.ts'
import { type Box, circle, line, type Point, path, text, textWidth } from './svg.ts'

type Words = Pick<Figure, 'id' | 'title' | 'lead'>
type Best = TuneResult['best']

/** Time and cost against memory, under one another, with the sizes that stand out marked in both. */
export function memoryCurve(words: Words, { sizes, best }: TuneResult): Markup {
  return figure({
    ...words,
    description: sizes
      .map(
        ({ memorySizeMb, warmMs, costPerMillion }) =>
          `${megabytes(memorySizeMb)}: ${plainMs(warmMs.value)} ms, ${usd(costPerMillion.x86_64.totalUsd)} a million`,
      )
      .join('. '),
    note: `n = ${sizes.length} sizes. Bars at the points: 95 % intervals of the median. Memory axis logarithmic; time and cost from zero.`,
    draw: sizes.length < 2 ? null : (size) => draw(size, sizes, best),
  })
}

function draw({ width, isNarrow }: PlotSize, sizes: readonly TunedSize[], best: Best): Drawing {
  const panelHeight = isNarrow ? 150 : 170
  const marksHeight = 20 * 3 + 6
  const left = 52
  const right = width - 56
  const timeBox: Box = {
    left,
    right,
    top: marksHeight + 26,
    bottom: marksHeight + 26 + panelHeight,
  }
  const costBox: Box = {
    left,
    right,
    top: timeBox.bottom + 44,
    bottom: timeBox.bottom + 44 + panelHeight,
  }
  const all: Box = { ...costBox, top: timeBox.top }
  const memory = sizes.map(({ memorySizeMb }) => memorySizeMb)
  const x = scaleLog([Math.min(...memory) / 1.12, Math.max(...memory) * 1.08], [left, right])
  const costs = sizes.flatMap(({ costPerMillion: { x86_64, arm64 } }) => [
    x86_64.totalUsd,
    arm64.totalUsd,
  ])
  const times = sizes.map(({ warmMs }) => warmMs.interval?.high ?? warmMs.value)
  const time = scaleLinear([0, Math.max(...times) * 1.06], [timeBox.bottom, timeBox.top])
  const cost = scaleLinear([0, Math.max(...costs) * 1.06], [costBox.bottom, costBox.top])
  return {
    height: costBox.bottom + 44,
    content: html`${horizontalAxis({
      scale: x,
      ticks: memory.map((value) => ({ value, label: count(value) })),
      box: all,
      title: 'memory, MB, log scale',
    })}${verticalAxis({
      scale: time,
      ticks: time.ticks(4).map((value) => ({ value, label: millisecondLabel(value) })),
      box: timeBox,
      title: 'warm time, median, ms',
    })}${verticalAxis({
      scale: cost,
      ticks: cost.ticks(4).map((value) => ({ value, label: usd(value) })),
      box: costBox,
      title: 'cost of a million invocations',
    })}${bestMarks(best, x, all)}${timeCurve(sizes, x, time)}${costCurve(sizes, x, cost)}${columns(hits(sizes, x, all), all)}`,
  }
}

const MARKS = [
  ['fastest', 's2'],
  ['knee', 's4'],
  ['cheapest', 's1'],
] as const

/** Each at a height of its own, so that two that meet at one size can both be read. */
function bestMarks(best: Best, x: Scale, { bottom, right }: Box): Markup {
  return html`<g>${MARKS.map(([name, colour], index) => {
    const at = x(best[name])
    const y = 18 + index * 20
    const words = `${name}: ${megabytes(best[name])}`
    const half = textWidth(words) / 2
    const textX = Math.min(Math.max(at, half), right + 50 - half)
    return html`<g class="${colour}">${line({ x: at, y: y + 5 }, { x: at, y: bottom }, 'curve thin dots')}${text({ x: textX, y }, words, { anchor: 'middle', className: 'coloured halo' })}</g>`
  })}</g>`
}

const shapeOf = (points: readonly Point[]): string | null =>
  lineOf<Point>(
    (point) => point.x,
    (point) => point.y,
  )(points)

function timeCurve(sizes: readonly TunedSize[], x: Scale, y: Scale): Markup {
  const points = sizes.map(({ memorySizeMb, warmMs }) => ({
    x: x(memorySizeMb),
    y: y(warmMs.value),
  }))
  const intervals = sizes.map(({ memorySizeMb, warmMs: { interval } }) => {
    const at = x(memorySizeMb)
    return interval === null
      ? null
      : line({ x: at, y: y(interval.low) }, { x: at, y: y(interval.high) }, 'whisker')
  })
  return html`<g class="s2">${path(shapeOf(points), 'curve')}${intervals}${points.map((point) => circle(point, 4.5, 'mark-edge'))}${endLabels([{ words: 'warm', point: points.at(-1) }])}</g>`
}

function costCurve(sizes: readonly TunedSize[], x: Scale, y: Scale): Markup {
  const pointsOf = (architecture: 'x86_64' | 'arm64'): Point[] =>
    sizes.map(({ memorySizeMb, costPerMillion }) => ({
      x: x(memorySizeMb),
      y: y(costPerMillion[architecture].totalUsd),
    }))
  const [intel, arm] = [pointsOf('x86_64'), pointsOf('arm64')]
  return html`<g class="s1">${path(shapeOf(intel), 'curve')}${path(shapeOf(arm), 'curve dash')}${arm.map((point) => circle(point, 4, 'mark-open'))}${intel.map((point) => circle(point, 4.5, 'mark-edge'))}${endLabels(
    [
      { words: 'x86_64', point: intel.at(-1) },
      { words: 'arm64', point: arm.at(-1) },
    ],
  )}</g>`
}

/** x86_64 costs more, so its name stands above that of arm64 however near their lines end. */
function endLabels(ends: readonly { words: string; point: Point | undefined }[]): Markup[] {
  let least = Number.NEGATIVE_INFINITY
  return ends.flatMap(({ words, point }) => {
    if (point === undefined) return []
    const y = Math.max(point.y + 4, least)
    least = y + 14
    return [text({ x: point.x + 11, y }, words, { className: 'coloured' })]
  })
}

function hits(sizes: readonly TunedSize[], x: Scale, box: Box) {
  return sizes.map((size, index) => {
    const [before, next] = [sizes[index - 1], sizes[index + 1]]
    const at = x(size.memorySizeMb)
    return {
      from: before === undefined ? box.left : (x(before.memorySizeMb) + at) / 2,
      to: next === undefined ? box.right : (x(next.memorySizeMb) + at) / 2,
      at,
      tip: tipOf(size),
    }
  })
}

function tipOf({ memorySizeMb, warmMs, coldMs, billedMs, costPerMillion }: TunedSize): string {
  const { x86_64, arm64 } = costPerMillion
  const interval = warmMs.interval === null ? '' : ` (${between(warmMs.interval, plainMs)})`
  return [
    megabytes(memorySizeMb),
    `warm ${plainMs(warmMs.value)} ms${interval}, billed ${plainMs(billedMs)} ms`,
    `cold ${plainMs(coldMs.value)} ms`,
    `a million: ${usd(x86_64.totalUsd)} on x86_64, ${usd(arm64.totalUsd)} on arm64`,
  ].join('\n')
}
