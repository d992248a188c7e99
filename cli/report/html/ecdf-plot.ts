import { scaleLinear, scaleLog } from 'd3-scale'
import { curveStepAfter, line as lineOf } from 'd3-shape'
import { samplesNeeded } from '../../measure/statistics/quantiles.ts'
import { horizontalAxis, logTicks, millisecondLabel, roundLogDomain, verticalAxis } from './axis.ts'
import type { Curve } from './curves.ts'
import { html, type Markup } from './escape.ts'
import { type Drawing, type Figure, figure, type PlotSize } from './figure.ts'
import { rows } from './hits.ts'
import { placedLabels } from './label-placement.ts'
import { lineLegend } from './legend.ts'
import { count, plainMs } from './numbers.ts'
import { type Box, type Point, path } from './svg.ts'

type Words = Pick<Figure, 'id' | 'title' | 'lead'>

/** Which share of the answers came within which time, cold against warm, over a log axis. */
export function ecdfPlot(words: Words, curves: readonly Curve[]): Markup {
  const shown = curves.filter(({ n }) => n >= samplesNeeded(0.5))
  const few = curves.filter((curve) => !shown.includes(curve))
  const note = [
    `n = ${shown.map(({ label, n }) => `${count(n)} (${label})`).join(', ') || '0'}.`,
    // Of a histogram: what lies further out is known to be there, but not where.
    shown.some(({ sampleMs }) => sampleMs(0) === null)
      ? 'Lines begin and end where ten samples lie beyond.'
      : '',
    ...few.map(({ label, n }) => `${label}: n too small (${count(n)}).`),
  ]
  return figure({
    ...words,
    description: `Cumulative distribution of response times. ${shown.map(medianText).join('; ')}.`,
    key: lineLegend(shown),
    note: note.filter((each) => each !== '').join(' '),
    draw: shown.length === 0 ? null : (size) => draw(size, shown),
  })
}

const medianText = ({ name, quantileMs }: Curve): string =>
  `${name}: median ${plainMs(quantileMs(0.5))} ms`

const STEPS = 200
const LABEL_LEVELS = [0.5, 0.66, 0.34, 0.82, 0.18, 0.74, 0.42, 0.9, 0.58, 0.26]

function draw({ width, isNarrow }: PlotSize, curves: readonly Curve[]): Drawing {
  const height = isNarrow ? 290 : 340
  const box: Box = { left: 48, top: 28, right: width - 12, bottom: height - 44 }
  const domain = roundLogDomain(
    Math.min(...curves.map(({ minMs }) => minMs)),
    Math.max(...curves.map(({ maxMs }) => maxMs)),
  )
  const x = scaleLog(domain, [box.left, box.right])
  const y = scaleLinear([0, 1], [box.bottom, box.top])
  const ticks = logTicks(...domain, isNarrow ? 7 : 14)
  const at = (curve: Curve, q: number): Point | null => {
    const ms = curve.sampleMs(q)
    return ms === null ? null : { x: x(ms), y: y(q) }
  }
  const shape = lineOf<Point>(
    (point) => point.x,
    (point) => point.y,
  )
  const lines = curves.map((curve) => {
    const points = shares(curve.n).flatMap((q) => at(curve, q) ?? [])
    const drawn = curve.n < STEPS ? shape.curve(curveStepAfter)(points) : shape(points)
    return path(drawn, `curve ${curve.colour}${curve.isDashed ? ' dash' : ''}`)
  })
  const labels = curves.map((curve, index) => ({
    text: curve.label,
    colour: curve.colour,
    candidates: rotated(LABEL_LEVELS, Math.floor(index / 2)).flatMap((q) => at(curve, q) ?? []),
  }))
  return {
    height,
    content: html`${verticalAxis({
      scale: y,
      ticks: [0, 0.25, 0.5, 0.75, 1].map((value) => ({ value, label: `${value * 100} %` })),
      box,
      title: 'share of answers within that time',
    })}${horizontalAxis({
      scale: x,
      ticks: ticks.map((value) => ({ value, label: millisecondLabel(value) })),
      box,
      title: 'response time, ms, log scale',
    })}<g>${lines}</g>${placedLabels(labels, box)}${rows(hits(curves, y), box)}`,
  }
}

const shares = (n: number): number[] => {
  const steps = Math.min(n, STEPS)
  return Array.from({ length: steps + 1 }, (_, index) => index / steps)
}

function hits(curves: readonly Curve[], y: (share: number) => number) {
  return Array.from({ length: 49 }, (_, index) => (index + 1) / 50).map((q) => ({
    from: y(q + 0.01),
    to: y(q - 0.01),
    at: y(q),
    tip: [
      `${Math.round(q * 100)} % within`,
      ...curves.map((curve) => `${plainMs(curve.quantileMs(q))} ms  ${curve.name}`),
    ].join('\n'),
  }))
}

const rotated = <T>(values: readonly T[], by: number): T[] => [
  ...values.slice(by % values.length),
  ...values.slice(0, by % values.length),
]
