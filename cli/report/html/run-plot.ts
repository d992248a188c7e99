import { scaleLinear } from 'd3-scale'
import { line as lineOf } from 'd3-shape'
import type { VariantResult } from '../../measure/results/bench-result.ts'
import { isSupported, quantile } from '../../measure/statistics/quantiles.ts'
import { counted } from '../counted.ts'
import { horizontalAxis, millisecondLabel, verticalAxis } from './axis.ts'
import { html, type Markup } from './escape.ts'
import { type Drawing, type Figure, figure, type PlotSize } from './figure.ts'
import { lineLegend } from './legend.ts'
import { count, plainMs } from './numbers.ts'
import { type Box, line, type Point, path, px, rect } from './svg.ts'
import { type SeriesColour, seriesColour } from './theme.ts'

interface Run {
  readonly label: string
  readonly colour: SeriesColour
  /** 0 for the first. */
  readonly run: number
  /** Of how many variants, and which of them. */
  readonly lane: number
  readonly samplesMs: readonly number[]
}

/** Every run by itself, so that drift, and a run that is unlike the others, can be seen. */
export function runPlot(
  words: Pick<Figure, 'id' | 'title' | 'lead'>,
  variants: readonly VariantResult[],
  series: 'cold' | 'warm',
): Markup {
  const runs = runsOf(variants, series)
  const top = ceiling(runs)
  const above = runs.reduce(
    (sum, { samplesMs }) => sum + samplesMs.filter((ms) => ms > top).length,
    0,
  )
  const perRun = [...new Set(runs.map(({ samplesMs }) => samplesMs.length))].sort((a, b) => a - b)
  return figure({
    ...words,
    description: variants.map((variant) => mediansText(variant, series)).join('. '),
    key:
      variants.length === 1
        ? undefined
        : lineLegend(
            variants.map(({ id, label }, index) => ({
              label: id,
              name: label,
              colour: seriesColour(index),
            })),
          ),
    note: [
      `n = ${perRun.map(count).join(' or ') || '0'} in each of ${count(runs.length)} runs.`,
      marksText(Math.min(...perRun)),
      `Dots: single samples${Math.max(0, ...perRun) > MAX_DOTS ? `, ${MAX_DOTS} of each run, evenly chosen` : ''}.`,
      above > 0 ? `Above the plot: ${counted(above, 'sample')}.` : '',
    ].join(' '),
    draw: runs.some(({ samplesMs }) => samplesMs.length > 0)
      ? (size) => draw(size, runs, variants.length, top)
      : null,
  })
}

/** Dots are what was measured, however few; what sums them up needs enough of them. */
const marksText = (least: number): string =>
  isSupported(least, 0.5)
    ? `Mark: median of the run. ${isSupported(least, 0.25) ? 'Bar: its middle half. ' : ''}`.trim()
    : 'Median of each run: n too small, it needs 20.'

const runsOf = (variants: readonly VariantResult[], kind: 'cold' | 'warm'): Run[] =>
  variants.flatMap(({ id, series }, lane) =>
    series[kind].runsMs.map((samplesMs, run) => ({
      label: `${id}, run ${run + 1}`,
      colour: variants.length === 1 ? seriesColour(kind === 'cold' ? 0 : 1) : seriesColour(lane),
      run,
      lane,
      samplesMs,
    })),
  )

const mediansText = ({ id, series }: VariantResult, kind: 'cold' | 'warm'): string =>
  `${id}: medians of the runs ${series[kind].runsMs.map((samples) => plainMs(quantile(samples, 0.5) ?? null)).join(', ')} ms`

/** Samples far out would press all medians to the floor, and this plot is about the medians. */
function ceiling(runs: readonly Run[]): number {
  const most = (q: number): number =>
    Math.max(0, ...runs.map(({ samplesMs }) => quantile(samplesMs, q) ?? 0))
  return Math.max(1.15 * most(0.75), Math.min(1.06 * most(0.95), 3 * most(0.5)))
}

function draw(
  { width, isNarrow }: PlotSize,
  runs: readonly Run[],
  laneCount: number,
  top: number,
): Drawing {
  const height = isNarrow ? 240 : 270
  const box: Box = { left: 48, top: 28, right: width - 8, bottom: height - 44 }
  const least = Math.min(...runs.flatMap(({ samplesMs }) => samplesMs))
  // From zero only where the plot does not lose its point by that.
  const y = scaleLinear([least > top / 2 ? least * 0.96 : 0, top], [box.bottom, box.top])
  const runCount = Math.max(...runs.map(({ run }) => run)) + 1
  const step = (box.right - box.left) / runCount
  const laneWidth = Math.min(26, (step * 0.86) / laneCount)
  const centre = ({ run, lane }: Run): number =>
    box.left + step * (run + 0.5) + laneWidth * (lane - (laneCount - 1) / 2)
  const numbers = Array.from({ length: runCount }, (_, index) => index)
  return {
    height,
    content: html`${verticalAxis({
      scale: y,
      ticks: y.ticks(6).map((value) => ({ value, label: millisecondLabel(value) })),
      box,
      title: 'response time, ms',
    })}${horizontalAxis({
      scale: (run) => box.left + step * (run + 0.5),
      ticks: numbers.map((value) => ({ value, label: String(value + 1) })),
      box,
      title: 'run, in the order measured',
      hasGrid: false,
    })}${threads(runs, centre, y)}${runs.map((run) => runMarks(run, centre(run), laneWidth, y, top))}`,
  }
}

/** A thin line through the medians of each variant: drift is seen at once. */
function threads(runs: readonly Run[], centre: (run: Run) => number, y: (ms: number) => number) {
  const lanes = new Set(runs.map(({ lane }) => lane))
  const shape = lineOf<Point>(
    (point) => point.x,
    (point) => point.y,
  )
  return html`<g>${[...lanes].map((lane) => {
    const inLane = runs.filter((run) => run.lane === lane && isSupported(run.samplesMs.length, 0.5))
    const points = inLane.map((run) => ({
      x: px(centre(run)),
      y: px(y(quantile(run.samplesMs, 0.5) ?? 0)),
    }))
    return path(shape(points), `thread ${inLane[0]?.colour ?? 's8'}`)
  })}</g>`
}

const MAX_DOTS = 60

function runMarks(
  { label, colour, samplesMs }: Run,
  x: number,
  laneWidth: number,
  y: (ms: number) => number,
  top: number,
): Markup {
  const n = samplesMs.length
  const [median, low, high] = [0.5, 0.25, 0.75].map((q) => quantile(samplesMs, q) ?? 0) as [
    number,
    number,
    number,
  ]
  const every = Math.max(1, Math.ceil(n / MAX_DOTS))
  const dots = samplesMs
    .filter((ms, index) => index % every === 0 && ms <= top)
    .map((ms) => `M${px(x)} ${px(y(ms))}h0`)
  const half = Math.min(9, Math.max(2, laneWidth * 0.32))
  const middle =
    isSupported(n, 0.25) &&
    rect({ left: x - half, right: x + half, top: y(high), bottom: y(low) }, 'fill soft')
  const mark =
    isSupported(n, 0.5) &&
    line({ x: x - half - 2, y: y(median) }, { x: x + half + 2, y: y(median) }, 'whisker')
  const tip = `${label}\nmedian ${plainMs(isSupported(n, 0.5) ? median : null)} ms, n ${count(n)}\nmiddle half ${isSupported(n, 0.25) ? `${plainMs(low)} to ${plainMs(high)} ms` : '–'}`
  const hit = rect(
    { left: x - half - 2, right: x + half + 2, top: y(top), bottom: y(0) },
    'hit',
    tip,
  )
  return html`<g class="${colour}">${path(dots.join(''), isSupported(n, 0.5) ? 'sample' : 'sample few')}${middle}${mark}${hit}</g>`
}
