import { scaleLinear } from 'd3-scale'
import { line as lineOf } from 'd3-shape'
import type { TunedSize, TuneResult } from '../../measure/results/tune-result.ts'
import { horizontalAxis, millisecondLabel, verticalAxis } from './axis.ts'
import { html, type Markup } from './escape.ts'
import { type Drawing, type Figure, figure, type PlotSize } from './figure.ts'
import { placedLabels } from './label-placement.ts'
import { megabytes, plainMs, usd } from './numbers.ts'
import { type Box, circle, type Point, path, textWidth } from './svg.ts'

/** What a faster answer costs: the sizes in their order as a line through time and cost. */
export function tradePlot(
  words: Pick<Figure, 'id' | 'title' | 'lead'>,
  { sizes, best }: TuneResult,
): Markup {
  return figure({
    ...words,
    description: sizes.map(tipOf).join('. '),
    note: `n = ${sizes.length} sizes, x86_64. The cost axis does not begin at zero.`,
    draw: sizes.length < 2 ? null : (size) => draw(size, sizes, best),
  })
}

const tipOf = ({ memorySizeMb, warmMs, costPerMillion }: TunedSize): string =>
  `${megabytes(memorySizeMb)}: ${plainMs(warmMs.value)} ms, ${usd(costPerMillion.x86_64.totalUsd)} a million`

function draw(
  { width, isNarrow }: PlotSize,
  sizes: readonly TunedSize[],
  best: TuneResult['best'],
): Drawing {
  const height = isNarrow ? 280 : 320
  const box: Box = { left: 52, top: 28, right: width - 24, bottom: height - 44 }
  const isBest = (size: number): boolean => Object.values(best).includes(size)
  const costs = sizes.map(({ costPerMillion }) => costPerMillion.x86_64.totalUsd)
  const x = scaleLinear(
    [Math.min(...costs) * 0.9, Math.max(...costs) * 1.06],
    [box.left, box.right],
  )
  const y = scaleLinear(
    [0, Math.max(...sizes.map(({ warmMs }) => warmMs.value)) * 1.08],
    [box.bottom, box.top],
  )
  const points = sizes.map(({ costPerMillion, warmMs }) => ({
    x: x(costPerMillion.x86_64.totalUsd),
    y: y(warmMs.value),
  }))
  const shape = lineOf<Point>(
    (point) => point.x,
    (point) => point.y,
  )
  // Names would not leave each other room on a phone.
  const nameIn = (size: number): string => (isNarrow ? megabytes(size) : nameOf(size, best))
  const labels = sizes.map(({ memorySizeMb }, index) => ({
    text: nameIn(memorySizeMb),
    colour: isBest(memorySizeMb) ? ('s4' as const) : ('s8' as const),
    candidates: around(points[index] as Point, textWidth(nameIn(memorySizeMb)) / 2),
  }))
  return {
    height,
    content: html`${verticalAxis({
      scale: y,
      ticks: y.ticks(5).map((value) => ({ value, label: millisecondLabel(value) })),
      box,
      title: 'warm time, median, ms',
    })}${horizontalAxis({
      scale: x,
      ticks: x.ticks(isNarrow ? 4 : 8).map((value) => ({ value, label: usd(value) })),
      box,
      title: 'cost of a million invocations, x86_64',
    })}<g class="s8">${path(shape(points), 'curve thin')}</g>${placedLabels(labels, box)}${sizes.map((size, index) => html`<g class="${isBest(size.memorySizeMb) ? 's4' : 's8'}">${circle(points[index] as Point, 5, isBest(size.memorySizeMb) ? 'mark-edge' : 'mark-open', tipOf(size))}</g>`)}`,
  }
}

/** `512 MB, cheapest`. */
const nameOf = (memorySizeMb: number, best: TuneResult['best']): string =>
  [
    megabytes(memorySizeMb),
    ...Object.entries(best)
      .filter(([, size]) => size === memorySizeMb)
      .map(([name]) => name),
  ].join(', ')

/** Beside the point, so that the point itself stays free. */
const around = ({ x, y }: Point, halfWidth: number): Point[] =>
  [-16, 16, -30, 30].flatMap((down) => [
    { x: x + halfWidth + 8, y: y + down },
    { x: x - halfWidth - 8, y: y + down },
  ])
