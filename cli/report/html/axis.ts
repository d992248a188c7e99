import { html, type Markup } from './escape.ts'
import { type Box, line, text, textWidth } from './svg.ts'

/** What an axis needs of a scale of d3's, or of one of our own. */
export type Scale = (value: number) => number

export interface Tick {
  readonly value: number
  readonly label: string
}

interface AxisOptions {
  readonly scale: Scale
  readonly ticks: readonly Tick[]
  readonly box: Box
  /** With its unit. */
  readonly title?: string
  /** Where the places along the axis are not values, lines would only be in the way. */
  readonly hasGrid?: boolean
}

/** Grid lines from top to bottom, labels below them and the title at the right end under these. */
export function horizontalAxis({ scale, ticks, box, title, hasGrid = true }: AxisOptions): Markup {
  const marks = withoutCollisions(ticks, (tick) => {
    const half = textWidth(tick.label) / 2 + 4
    return [scale(tick.value) - half, scale(tick.value) + half]
  }).map(({ value, label }) => {
    const x = scale(value)
    const place = tickPlace(x, label, box)
    return html`${hasGrid && line({ x, y: box.top }, { x, y: box.bottom }, 'grid')}${text({ x: place.x, y: box.bottom + 17 }, label, { anchor: place.anchor, className: 'tick' })}`
  })
  const words =
    title !== undefined &&
    text({ x: box.right, y: box.bottom + 35 }, title, { anchor: 'end', className: 'axis-title' })
  return html`<g class="axis">${marks}${line({ x: box.left, y: box.bottom }, { x: box.right, y: box.bottom }, 'axis-line')}${words}</g>`
}

/** How far a plot leaves room beyond its right end, at least. */
const ROOM = 8

/** Under its line, but where it would stick out of the drawing: moved inward. */
function tickPlace(
  x: number,
  label: string,
  { right }: Box,
): { x: number; anchor: 'start' | 'middle' | 'end' } {
  const half = textWidth(label) / 2
  if (x < half) return { x: 0, anchor: 'start' }
  return x + half > right + ROOM ? { x: right + ROOM, anchor: 'end' } : { x, anchor: 'middle' }
}

/** Grid lines from left to right, labels left of them and the title over the top. */
export function verticalAxis({ scale, ticks, box, title }: AxisOptions): Markup {
  const marks = withoutCollisions(ticks, ({ value }) => [scale(value) - 8, scale(value) + 8]).map(
    ({ value, label }) => {
      const y = scale(value)
      return html`${line({ x: box.left, y }, { x: box.right, y }, 'grid')}${text({ x: box.left - 8, y: y + 4 }, label, { anchor: 'end', className: 'tick' })}`
    },
  )
  const words =
    title !== undefined && text({ x: 0, y: box.top - 12 }, title, { className: 'axis-title' })
  return html`<g class="axis">${marks}${words}</g>`
}

/** A tick too near to one before it is left out. */
function withoutCollisions(
  ticks: readonly Tick[],
  extent: (tick: Tick) => readonly [number, number],
): Tick[] {
  const kept: { tick: Tick; low: number; high: number }[] = []
  for (const tick of ticks) {
    const [low, high] = extent(tick)
    if (kept.every((other) => high <= other.low || low >= other.high))
      kept.push({ tick, low, high })
  }
  return kept.map(({ tick }) => tick)
}

/** Milliseconds as on an axis: no more digits than the tick has. */
export const millisecondLabel = (ms: number): string =>
  ms.toLocaleString('en-US', { maximumSignificantDigits: 3 })

/** Powers of ten, with 2 and 5 between them where `maxCount` allows. */
export function logTicks(low: number, high: number, maxCount: number): number[] {
  const decades = Array.from(
    { length: Math.floor(Math.log10(high)) - Math.floor(Math.log10(low)) + 1 },
    (_, index) => Math.floor(Math.log10(low)) + index,
  )
  const within = (steps: readonly number[]): number[] =>
    decades
      .flatMap((decade) => steps.map((step) => Number(`${step}e${decade}`)))
      .filter((value) => value >= low * 0.999 && value <= high * 1.001)
  const choices = [[1, 1.5, 2, 3, 4, 5, 6, 7, 8, 9], [1, 1.5, 2, 3, 5, 7], [1, 2, 5], [1, 3], [1]]
  const fitting = choices.map(within).find((ticks) => ticks.length <= maxCount)
  return fitting ?? within([1]).filter((_, index) => index % 2 === 0)
}

/** From and to the next of one digit times a power of ten. */
export function roundLogDomain(low: number, high: number): [number, number] {
  const steps = [1, 1.5, 2, 3, 4, 5, 6, 7, 8, 9, 10]
  const decadeOf = (value: number): number => 10 ** Math.floor(Math.log10(value))
  const down = Math.max(...steps.map((step) => step * decadeOf(low)).filter((each) => each <= low))
  const up = Math.min(...steps.map((step) => step * decadeOf(high)).filter((each) => each >= high))
  return down < up ? [down, up] : [down / 2, up * 2]
}
