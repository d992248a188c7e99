import { scaleLinear, scaleLog } from 'd3-scale'
import { line as lineOf } from 'd3-shape'
import type { PolicyResult } from '../../measure/results/simulate-result.ts'
import { amount, percent } from '../simulate/policy-figures.ts'
import { horizontalAxis, logTicks, verticalAxis } from './axis.ts'
import { html, type Markup } from './escape.ts'
import { type Drawing, type Figure, figure, type PlotSize } from './figure.ts'
import { placedLabels } from './label-placement.ts'
import { areaLegend } from './legend.ts'
import { type Box, circle, type Point, path, textWidth } from './svg.ts'
import { type SeriesColour, seriesColour } from './theme.ts'

/** One policy: what it saved, and what that took. */
interface Trade {
  readonly policy: string
  readonly colour: SeriesColour
  readonly idleGbS: number
  /** Of cold starts, 0 to 1. */
  readonly share: number
  /** No other policy has fewer cold starts and less idle memory as well. */
  readonly isBest: boolean
}

/**
 * Cold starts against the memory that is kept idle to avoid them, after Shahrad et al., "Serverless
 * in the Wild".
 *
 * @param shareOf the share of cold starts that is meant; a policy without one is left out.
 */
export function paretoPlot(
  words: Pick<Figure, 'id' | 'title' | 'lead'> & { readonly axis: string },
  policies: readonly PolicyResult[],
  shareOf: (policy: PolicyResult) => number | null,
): Markup {
  const trades = tradesOf(policies, shareOf)
  return figure({
    ...words,
    description: trades.map(tipOf).join('. ').replaceAll('\n', ', '),
    key: areaLegend(trades.map(({ policy, colour }) => ({ name: policy, colour }))),
    note: `n = ${trades.length} policies on the same workload. Filled: no other has fewer cold starts and less idle memory as well. The thin line joins the fixed times.`,
    draw: trades.length < 2 ? null : (size) => draw(size, trades, words.axis),
  })
}

function tradesOf(
  policies: readonly PolicyResult[],
  shareOf: (policy: PolicyResult) => number | null,
): Trade[] {
  const all = policies.flatMap((each, index) => {
    const share = shareOf(each)
    if (share === null) return []
    const { idleGbS } = each.outcome.memory
    return [{ policy: each.policy, colour: seriesColour(index), idleGbS, share }]
  })
  return all.map((each) => ({
    ...each,
    isBest: !all.some(
      ({ share, idleGbS }) =>
        share <= each.share &&
        idleGbS <= each.idleGbS &&
        (share < each.share || idleGbS < each.idleGbS),
    ),
  }))
}

const tipOf = ({ policy, share, idleGbS }: Trade): string =>
  `${policy}\n${percent(share)} cold\n${amount(idleGbS)} GB-s idle`

function draw({ width, isNarrow }: PlotSize, trades: readonly Trade[], axis: string): Drawing {
  const height = isNarrow ? 300 : 340
  const box: Box = { left: 56, top: 30, right: width - 24, bottom: height - 44 }
  const x = spreadScale(
    trades.map(({ idleGbS }) => idleGbS),
    { range: [box.left, box.right], ticks: isNarrow ? 4 : 8, room: 0.25, format: amount },
  )
  const y = spreadScale(
    trades.map(({ share }) => share),
    { range: [box.bottom, box.top], ticks: 6, room: 0.1, format: percent },
  )
  const points = trades.map(({ idleGbS, share }) => ({ x: x.scale(idleGbS), y: y.scale(share) }))
  const labels = trades.map(({ policy, colour }, index) => ({
    text: policy,
    colour,
    candidates: freePlaces(points[index] as Point, textWidth(policy) / 2 + 8, points, box),
  }))
  return {
    height,
    content: html`${verticalAxis({ ...y, box, title: `${axis}${y.note}` })}${horizontalAxis({
      ...x,
      box,
      title: `idle memory, GB-seconds${x.note}`,
    })}${path(fixedLine(trades, points), 'curve thin s8')}${placedLabels(labels, box)}${trades.map(
      (trade, index) =>
        html`<g class="${trade.colour}">${circle(points[index] as Point, 5.5, trade.isBest ? 'mark-edge' : 'mark-open', tipOf(trade))}</g>`,
    )}`,
  }
}

interface SpreadOptions {
  readonly range: readonly [number, number]
  /** At most about so many. */
  readonly ticks: number
  /** Beyond the largest, as a share of the whole: for what stands beside it. */
  readonly room: number
  readonly format: (value: number) => string
}

/** From nothing; logarithmic where values are far apart and none is nothing. */
function spreadScale(values: readonly number[], { range, ticks, room, format }: SpreadOptions) {
  const [least, most] = [Math.min(...values), Math.max(...values)]
  const labelled = (places: readonly number[]) =>
    places.map((value) => ({ value, label: format(value) }))
  if (least > 0 && most / least > 10) {
    const domain: [number, number] = [least / 1.6, most * 1.3 * (most / least) ** room]
    const scale = scaleLog(domain, range)
    return { scale, ticks: labelled(logTicks(...domain, ticks)), note: ', log scale' }
  }
  const scale = scaleLinear([0, Math.max(1e-6, most) * (1 + room)], range)
  return { scale, ticks: labelled(scale.ticks(ticks)), note: '' }
}

/** What a longer fixed time buys, from one to the next. */
function fixedLine(trades: readonly Trade[], points: readonly Point[]): string | null {
  const fixed = points
    .filter((_, index) => trades[index]?.policy.startsWith('fixed:') === true)
    .toSorted((a, b) => a.x - b.x)
  const shape = lineOf<Point>(
    (point) => point.x,
    (point) => point.y,
  )
  return fixed.length < 2 ? null : shape(fixed)
}

const LABEL_HEIGHT = 18

/** Beside the point, where the label hides neither it nor another one. */
function freePlaces(
  { x, y }: Point,
  halfWidth: number,
  points: readonly Point[],
  box: Box,
): readonly Point[] {
  const beside = halfWidth + 9
  const places = [
    ...[beside, -beside].map((across) => ({ x: x + across, y })),
    ...[-21, 21].map((down) => ({ x, y: y + down })),
    ...[-21, 21, -40, 40].flatMap((down) =>
      [0, beside, -beside, halfWidth / 2, -halfWidth / 2].map((across) => {
        return { x: x + across, y: y + down }
      }),
    ),
  ]
  return places.filter((place) => {
    const isInside =
      place.x - halfWidth >= box.left &&
      place.x + halfWidth <= box.right &&
      place.y - LABEL_HEIGHT / 2 >= box.top &&
      place.y + LABEL_HEIGHT / 2 <= box.bottom
    return isInside && points.every((point) => !isUnder(point, place, halfWidth))
  })
}

const isUnder = (point: Point, label: Point, halfWidth: number): boolean =>
  Math.abs(point.x - label.x) < halfWidth + 6 && Math.abs(point.y - label.y) < LABEL_HEIGHT / 2 + 6
