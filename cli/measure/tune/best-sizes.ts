import { kneeOf } from './knee.ts'

export type Strategy = 'cost' | 'speed' | 'balanced'

export interface PricedPoint {
  readonly memorySizeMb: number
  readonly ms: number
  readonly usd: number
}

export interface BestSizes {
  readonly cheapest: number
  readonly fastest: number
  readonly knee: number
  readonly balanced: number
}

/**
 * The sizes that stand out; of equals the smallest.
 *
 * `balanced` weighs by how many times a size is slower than the fastest and dearer than the cheapest:
 * a size that takes twice the time for half the price is as good as before at equal weights.
 *
 * @param points one or more, by size.
 * @param costWeight 0 for speed alone, 1 for cost alone.
 */
export function bestSizes(points: readonly PricedPoint[], costWeight: number): BestSizes {
  const score = ({ ms, usd }: PricedPoint): number =>
    costWeight * Math.log(usd) + (1 - costWeight) * Math.log(ms)
  return {
    cheapest: smallestBy(points, ({ usd }) => usd),
    fastest: smallestBy(points, ({ ms }) => ms),
    knee: kneeOf(points),
    balanced: smallestBy(points, score),
  }
}

export function sizeFor(strategy: Strategy, { cheapest, fastest, balanced }: BestSizes): number {
  if (strategy === 'cost') return cheapest
  return strategy === 'speed' ? fastest : balanced
}

function smallestBy(
  points: readonly PricedPoint[],
  measure: (point: PricedPoint) => number,
): number {
  return points.reduce((best, point) => (measure(point) < measure(best) ? point : best))
    .memorySizeMb
}
