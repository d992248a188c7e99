import { scaleLinear, scaleLog } from 'd3-scale'
import { area as areaOf, line as lineOf } from 'd3-shape'
import { logTicks, millisecondLabel, type Scale, verticalAxis } from './axis.ts'
import { html, type Markup } from './escape.ts'
import { count } from './numbers.ts'
import { type Box, path, px, rect, text } from './svg.ts'
import type { Bucket } from './time-buckets.ts'

/** One quantity over time; `null` where there is none. */
export interface TimeSeries {
  readonly label: string
  readonly colour: string
  readonly kind: 'line' | 'dashed line' | 'dotted line' | 'area' | 'light area' | 'bars'
  readonly value: (bucket: Bucket) => number | null
}

export interface TimePanel {
  readonly title: string
  readonly isLog?: boolean
  /** Areas and bars stand on one another in this order. */
  readonly series: readonly TimeSeries[]
}

/** The curves of one panel, its own axis, and at the right the name of each at the height where it ends. */
export function drawPanel(
  { title, isLog, series }: TimePanel,
  buckets: readonly Bucket[],
  x: Scale,
  box: Box,
): Markup {
  const layers = stacked(series, buckets)
  const y = isLog === true ? logScale(layers, box) : linearScale(layers, box)
  const shapes = layers.map((layer) => shapeOf(layer, buckets, x, y.scale))
  const labels = spread(
    layers.flatMap(({ series: { label, colour, kind }, ends, starts }) => {
      const last = ends.findLast((value) => value !== null)
      if (last === undefined || last === null) return []
      const middle = isStacked(kind) ? (last + (starts.at(-1) ?? 0)) / 2 : last
      return [{ label, colour, y: y.scale(middle) + 4 }]
    }),
    box,
  )
  return html`<g class="panel">${text({ x: 0, y: box.top - 9 }, title, { className: 'panel-title' })}${verticalAxis(
    { scale: y.scale, ticks: y.ticks, box },
  )}${shapes}${labels.map(({ label, colour, y: at }) =>
    text({ x: box.right + 7, y: at }, label, { className: `coloured ${colour}` }),
  )}</g>`
}

interface Layer {
  readonly series: TimeSeries
  readonly starts: readonly number[]
  readonly ends: readonly (number | null)[]
}

function stacked(series: readonly TimeSeries[], buckets: readonly Bucket[]): Layer[] {
  let floor = buckets.map(() => 0)
  return series.map((each) => {
    const values = buckets.map(each.value)
    if (!isStacked(each.kind)) return { series: each, starts: [], ends: values }
    const starts = floor
    floor = values.map((value, index) => (starts[index] ?? 0) + (value ?? 0))
    return { series: each, starts, ends: floor }
  })
}

const isStacked = (kind: TimeSeries['kind']): boolean => !kind.endsWith('line')

const valuesOf = (layers: readonly Layer[]): number[] =>
  layers.flatMap(({ ends }) => ends.flatMap((value) => value ?? []))

function linearScale(layers: readonly Layer[], box: Box) {
  const most = Math.max(1, ...valuesOf(layers))
  const scale = scaleLinear([0, most * 1.04], [box.bottom, box.top])
  const ticks = scale.ticks(4).filter((value) => Number.isInteger(value) || most < 3)
  return { scale, ticks: ticks.map((value) => ({ value, label: count(value) })) }
}

function logScale(layers: readonly Layer[], box: Box) {
  const values = valuesOf(layers).filter((value) => value > 0)
  const low = Math.min(...values, values.length === 0 ? 1 : Number.POSITIVE_INFINITY) / 1.25
  const high = Math.max(...values, low * 2) * 1.25
  const scale = scaleLog([low, high], [box.bottom, box.top])
  const ticks = logTicks(low, high, 6)
  return { scale, ticks: ticks.map((value) => ({ value, label: millisecondLabel(value) })) }
}

function shapeOf(
  { series: { colour, kind }, starts, ends }: Layer,
  buckets: readonly Bucket[],
  x: Scale,
  y: Scale,
): Markup {
  const middle = ({ second, seconds }: Bucket): number => x(second + seconds / 2)
  const indices = buckets.map((_, index) => index)
  const at = (index: number): number => middle(buckets[index] as Bucket)
  if (kind === 'bars') {
    return html`<g class="${colour}">${indices.map((index) => {
      const { second, seconds } = buckets[index] as Bucket
      const [top, bottom] = [ends[index] ?? 0, starts[index] ?? 0]
      if (top <= bottom) return null
      const gap = x(second + seconds) - x(second) > 4 ? 0.75 : 0
      const [left, right] = [x(second) + gap, x(second + seconds) - gap]
      return rect({ left, right, top: y(top), bottom: y(bottom) }, 'fill')
    })}</g>`
  }
  if (kind === 'area' || kind === 'light area') {
    const shape = areaOf<number>(
      at,
      (index) => px(y(starts[index] ?? 0)),
      (index) => px(y(ends[index] ?? 0)),
    )
    return path(shape(indices), `${kind} edge ${colour}`)
  }
  const shape = lineOf<number>(at, (index) => px(y(ends[index] ?? 0))).defined(
    (index) => ends[index] !== null,
  )
  const dash = { line: '', 'dashed line': ' dash', 'dotted line': ' dots' }[kind]
  return path(shape(indices), `curve thin${dash} ${colour}`)
}

interface EndLabel {
  readonly label: string
  readonly colour: string
  readonly y: number
}

const LABEL_HEIGHT = 14

/** Names beside one another's lines are moved apart, downward and then up from the bottom. */
function spread(labels: readonly EndLabel[], box: Box): EndLabel[] {
  const downward: EndLabel[] = []
  for (const each of labels.toSorted((a, b) => a.y - b.y)) {
    const least = (downward.at(-1)?.y ?? Number.NEGATIVE_INFINITY) + LABEL_HEIGHT
    downward.push({ ...each, y: Math.max(each.y, least) })
  }
  const upward: EndLabel[] = []
  for (const each of downward.toReversed()) {
    const most = (upward.at(-1)?.y ?? box.bottom + 4 + LABEL_HEIGHT) - LABEL_HEIGHT
    upward.push({ ...each, y: Math.min(each.y, most) })
  }
  return upward
}
