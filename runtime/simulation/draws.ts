import { SandlotError } from '../kernel/errors.ts'
import type { Random } from '../kernel/random.ts'

/** Draws one value of a distribution; microseconds. */
export type Draw = (random: Random) => number

/**
 * As likely as the samples were: a random place among them, in order, with a straight line between
 * neighbours. Nothing is drawn outside of what was measured.
 *
 * @param samplesUs at least one, in any order.
 * @throws SandlotError `InvalidParameterValue` when there is none, or one is not a number.
 */
export function empiricalDraw(samplesUs: readonly number[], what: string): Draw {
  const ascending = Float64Array.from(samplesUs).sort()
  const last = ascending.length - 1
  if (last < 0) throw badSamples(`no sample of ${what}`)
  // Not-a-number sorts to the end.
  if (!((ascending[0] as number) >= 0) || !Number.isFinite(ascending[last])) {
    throw badSamples(`a sample of ${what} that is not a duration`)
  }
  if (last === 0) return constantDraw(ascending[0] as number)
  return (random) => between(ascending, random.next() * last)
}

export const constantDraw =
  (us: number): Draw =>
  () =>
    us

/** The value at a place that need not be whole: 1.5 is in the middle of the second and the third. */
export function between(values: ArrayLike<number>, place: number): number {
  const index = Math.floor(place)
  const below = values[index] as number
  const above = values[index + 1] ?? below
  return below + (above - below) * (place - index)
}

export interface PublishedQuantiles {
  readonly p50: number
  readonly p90: number
  readonly p99: number
}

/**
 * A distribution of which only three quantiles are known, drawn through them: between two of them the
 * logarithm goes on evenly. What lies outside is unknown, so it is bounded: the least value is as many
 * times below the median as the p90 is above it, the greatest as many times above the p99 as that is
 * above the p90.
 *
 * @throws SandlotError `InvalidParameterValue` when they do not ascend, or are not above 0.
 */
export function quantileDraw({ p50, p90, p99 }: PublishedQuantiles, what: string): Draw {
  if (!(p50 > 0 && p50 <= p90 && p90 <= p99 && Number.isFinite(p99))) {
    throw badSamples(`quantiles of ${what} that do not ascend: ${p50}, ${p90}, ${p99}`)
  }
  const logs = [p50 / (p90 / p50), p50, p90, p99, p99 * (p99 / p90)].map(Math.log)
  return (random) => {
    const q = random.next()
    let index = 0
    while (q >= (QUANTILES[index + 1] as number)) index += 1
    const from = QUANTILES[index] as number
    const to = QUANTILES[index + 1] as number
    return Math.exp(between(logs, index + (q - from) / (to - from)))
  }
}

/** The outer ones are bounds: a draw is below 1. */
const QUANTILES = [0, 0.5, 0.9, 0.99, 1]

const badSamples = (what: string): SandlotError => new SandlotError('InvalidParameterValue', what)
