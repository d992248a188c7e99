import { scaleLinear, scaleLog } from 'd3-scale'
import { line as lineOf } from 'd3-shape'
import { isSupported, samplesNeeded } from '../../measure/statistics/quantiles.ts'
import { horizontalAxis, logTicks, millisecondLabel, roundLogDomain, verticalAxis } from './axis.ts'
import type { Curve } from './curves.ts'
import { html, type Markup } from './escape.ts'
import { type Drawing, type Figure, figure, type PlotSize } from './figure.ts'
import { columns } from './hits.ts'
import { placedLabels } from './label-placement.ts'
import { lineLegend } from './legend.ts'
import { count, plainMs } from './numbers.ts'
import { type Box, type Point, path } from './svg.ts'

type Words = Pick<Figure, 'id' | 'title' | 'lead'>

/** Times by percentile: the axis gives each further nine of the tail as much room as the one before. */
export function percentilePlot(words: Words, curves: readonly Curve[]): Markup {
  const shown = curves.filter(({ n }) => n >= samplesNeeded(0.5))
  const ends = shown.map((curve) => `${curve.label} ${percentText(lastShare(curve))}`)
  const few = curves
    .filter((curve) => !shown.includes(curve))
    .map(({ label, n }) => `${label}: n too small (${count(n)}).`)
  return figure({
    ...words,
    description: `Response time by percentile. Each line ends at: ${ends.join(', ')}.`,
    key: lineLegend(shown),
    note: [
      `n = ${shown.map(({ label, n }) => `${count(n)} (${label})`).join(', ') || '0'}. A line stops where fewer than ten samples lie beyond it: ${ends.join(', ')}.`,
      ...few,
    ].join(' '),
    draw: shown.length === 0 ? null : (size) => draw(size, shown),
  })
}

const PERCENTILES = [0, 0.5, 0.75, 0.9, 0.95, 0.99, 0.995, 0.999, 0.9995, 0.9999, 0.99999]
/** First those that must not be left out. */
const LABELLED = [0, 0.5, 0.9, 0.99, 0.999, 0.9999, 0.99999, 0.75, 0.95, 0.995, 0.9995]
const STEPS = 160

/** 0, 1, 2, 3 at 0 %, 90 %, 99 %, 99.9 %. */
const nines = (q: number): number => -Math.log10(1 - q)

/** The last share that ten samples lie beyond. */
const lastShare = ({ n }: Curve): number => 1 - samplesNeeded(0.5) / 2 / n

const percentText = (q: number): string => {
  const digits = Math.max(0, Math.floor(nines(q) + 1e-9) - 1)
  // Rounded down: 99.96 % is not a p100.
  return `p${Math.floor(q * 100 * 10 ** digits + 1e-6) / 10 ** digits}`
}

function draw({ width, isNarrow }: PlotSize, curves: readonly Curve[]): Drawing {
  const height = isNarrow ? 300 : 350
  const box: Box = { left: 48, top: 28, right: width - 20, bottom: height - 44 }
  const most = Math.max(1, ...curves.map((curve) => nines(lastShare(curve))))
  const x = scaleLinear([0, most], [box.left, box.right])
  const lines = curves.map((curve) => ({ curve, points: pointsOf(curve) }))
  const times = lines.flatMap(({ points }) => points.map(({ ms }) => ms))
  const domain = roundLogDomain(Math.min(...times), Math.max(...times))
  const y = scaleLog(domain, [box.bottom, box.top])
  const place = ({ q, ms }: Quantile): Point => ({ x: x(nines(q)), y: y(ms) })
  const shape = lineOf<Point>(
    (point) => point.x,
    (point) => point.y,
  )
  const labels = lines.map(({ curve, points }) => ({
    text: curve.label,
    colour: curve.colour,
    candidates: points
      .toReversed()
      .filter((_, index) => index % 4 === 0)
      .map(place),
  }))
  const percentiles = LABELLED.filter((q) => nines(q) <= most + 1e-9)
  return {
    height,
    content: html`${verticalAxis({
      scale: y,
      ticks: logTicks(...domain, 10).map((value) => ({ value, label: millisecondLabel(value) })),
      box,
      title: 'response time, ms, log scale',
    })}${horizontalAxis({
      scale: (q) => x(nines(q)),
      ticks: percentiles.map((value) => ({
        value,
        label: value === 0 ? 'min' : percentText(value),
      })),
      box,
      title: 'percentile, each nine as wide as the one before',
    })}<g>${lines.map(({ curve, points }) =>
      path(shape(points.map(place)), `curve ${curve.colour}${curve.isDashed ? ' dash' : ''}`),
    )}</g>${placedLabels(labels, box)}${columns(hits(curves, x, most), box)}`,
  }
}

interface Quantile {
  readonly q: number
  readonly ms: number
}

function pointsOf(curve: Curve): Quantile[] {
  const last = lastShare(curve)
  const inner = Array.from({ length: STEPS }, (_, index) => {
    const q = 1 - 10 ** ((-nines(last) * (index + 1)) / STEPS)
    const ms = curve.quantileMs(q)
    return ms === null ? [] : [{ q, ms }]
  })
  return [{ q: 0, ms: curve.minMs }, ...inner.flat()]
}

function hits(curves: readonly Curve[], x: (position: number) => number, most: number) {
  const shown = PERCENTILES.slice(1).filter((q) => nines(q) <= most + 1e-9)
  return shown.map((q, index) => {
    const at = nines(q)
    const before = index === 0 ? 0 : (nines(shown[index - 1] ?? 0) + at) / 2
    const next = shown[index + 1]
    return {
      from: x(before),
      to: x(next === undefined ? most : (at + nines(next)) / 2),
      at: x(at),
      tip: [percentText(q), ...curves.map((curve) => tipLine(curve, q))].join('\n'),
    }
  })
}

const tipLine = (curve: Curve, q: number): string =>
  isSupported(curve.n, q)
    ? `${plainMs(curve.quantileMs(q))} ms  ${curve.name}`
    : `–  ${curve.name} (n too small)`
