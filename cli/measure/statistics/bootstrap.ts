import type { Random } from '../../../runtime/kernel/random.ts'
import type { Estimate, Interval } from '../results/figures.ts'
import { quantileOfSorted } from './quantiles.ts'

/** Samples by run. Those of one run have more in common than those of two. */
export type Runs = readonly (readonly number[])[]

/** With fewer runs nobody knows how much runs differ. */
export const LEAST_RUNS = 5

const RESAMPLES = 2_000
const CONFIDENCE = 0.95

/**
 * Where a quantile lies with 95 % confidence, by a two-level percentile bootstrap: runs are drawn
 * with replacement, then samples within each. `null` with fewer than five runs.
 *
 * In simulations it held the true median in 93 to 98 of 100 cases with ten runs, and in 88 with
 * five runs that differ more than their samples do: percentile intervals are a little narrow then.
 */
export function quantileInterval(runs: Runs, q: number, random: Random): Interval | null {
  return quantileIntervals(runs, [q], random)[0] ?? null
}

/** The same of several quantiles, for the price of one. */
export function quantileIntervals(
  runs: Runs,
  qs: readonly number[],
  random: Random,
): (Interval | null)[] {
  const pool = poolOf(runs)
  if (pool.places.length < LEAST_RUNS) return qs.map(() => null)
  const drawn = qs.map(() => new Float64Array(RESAMPLES))
  for (let resample = 0; resample < RESAMPLES; resample += 1) {
    const values = quantilesOfResample(pool, drawRuns(pool, random), qs, random)
    for (const [index, value] of values.entries()) (drawn[index] as Float64Array)[resample] = value
  }
  return drawn.map(middle)
}

/** How many times a quantile of `a` that of `b` is, and by how much it is more. */
export interface QuantileComparison {
  readonly ratio: Estimate
  readonly difference: Estimate
}

export interface ComparisonDesign {
  /** Run i of one was measured beside run i of the other, so they share the machine's mood. */
  readonly isPaired: boolean
}

/**
 * Compares quantiles of two things. Paired runs are drawn as a block, so that what both have in
 * common falls out; runs that were measured apart are drawn apart. No intervals with fewer than
 * five runs of each.
 */
export function compareQuantiles(
  a: Runs,
  b: Runs,
  qs: readonly number[],
  random: Random,
  { isPaired }: ComparisonDesign,
): QuantileComparison[] {
  const [poolA, poolB] = isPaired ? blocksOf(a, b).map(poolOf) : [poolOf(a), poolOf(b)]
  if (poolA === undefined || poolB === undefined) return []
  const pointA = qs.map((q) => quantileOfSorted(poolA.ascending, q) ?? Number.NaN)
  const pointB = qs.map((q) => quantileOfSorted(poolB.ascending, q) ?? Number.NaN)
  const ratios = qs.map(() => new Float64Array(RESAMPLES))
  const differences = qs.map(() => new Float64Array(RESAMPLES))
  const isEnough = Math.min(poolA.places.length, poolB.places.length) >= LEAST_RUNS
  for (let resample = 0; resample < RESAMPLES && isEnough; resample += 1) {
    const runsA = drawRuns(poolA, random)
    const runsB = isPaired ? runsA : drawRuns(poolB, random)
    const valuesA = quantilesOfResample(poolA, runsA, qs, random)
    const valuesB = quantilesOfResample(poolB, runsB, qs, random)
    for (const [index, valueA] of valuesA.entries()) {
      const valueB = valuesB[index] as number
      ;(ratios[index] as Float64Array)[resample] = valueB / valueA
      ;(differences[index] as Float64Array)[resample] = valueB - valueA
    }
  }
  const intervalOf = (values: Float64Array | undefined) =>
    isEnough && values !== undefined ? middle(values) : null
  return pointA.map((valueA, index) => {
    const valueB = pointB[index] as number
    return {
      ratio: { value: valueB / valueA, interval: intervalOf(ratios[index]) },
      difference: { value: valueB - valueA, interval: intervalOf(differences[index]) },
    }
  })
}

/** The pairs of runs of which both have samples. */
export function blocksOf(a: Runs, b: Runs): [Runs, Runs] {
  const blocks = a.flatMap((runA, index) => {
    const runB = b[index] ?? []
    return runA.length === 0 || runB.length === 0 ? [] : [[runA, runB] as const]
  })
  return [blocks.map(([runA]) => runA), blocks.map(([, runB]) => runB)]
}

/**
 * All samples in order, once. A resample only counts how often it drew each of them: nothing is
 * sorted again.
 */
interface Pool {
  readonly ascending: Float64Array
  /** Of each run with samples: where they stand in `ascending`. */
  readonly places: readonly Int32Array[]
  readonly counts: Int32Array
}

function poolOf(runs: Runs): Pool {
  const filled = runs.filter(({ length }) => length > 0)
  const ascending = Float64Array.from(filled.flat()).sort()
  return {
    ascending,
    places: filled.map((run) => Int32Array.from(run, (sample) => placeOf(ascending, sample))),
    counts: new Int32Array(ascending.length),
  }
}

/** Of equal samples the first: they are as good as each other. */
function placeOf(ascending: Float64Array, sample: number): number {
  let [low, high] = [0, ascending.length - 1]
  while (low < high) {
    const between = (low + high) >> 1
    if ((ascending[between] as number) < sample) low = between + 1
    else high = between
  }
  return low
}

const drawRuns = ({ places }: Pool, random: Random): number[] =>
  places.map(() => Math.floor(random.next() * places.length))

function quantilesOfResample(
  { ascending, places, counts }: Pool,
  runs: readonly number[],
  qs: readonly number[],
  random: Random,
): number[] {
  counts.fill(0)
  let total = 0
  for (const run of runs) {
    const samples = places[run] as Int32Array
    countDrawn(samples, counts, random)
    total += samples.length
  }
  return qs.map((q) => quantileOfCounted(ascending, counts, (total - 1) * q))
}

/** Below it, what is left of a random number after one draw is random enough for a second. */
const MOST_FOR_TWO_DRAWS = 4_096

/** Draws as many samples of a run as it has. All the time of a bootstrap goes here. */
function countDrawn(samples: Int32Array, counts: Int32Array, random: Random): void {
  const { length } = samples
  const isSmall = length <= MOST_FOR_TWO_DRAWS
  let [position, drawn] = [0, 0]
  for (let draw = 0; draw < length; draw += 1) {
    const isSecond = isSmall && (draw & 1) === 1
    position = isSecond ? (position - drawn) * length : random.next() * length
    drawn = Math.floor(position)
    const place = samples[drawn] as number
    counts[place] = (counts[place] as number) + 1
  }
}

/** What stands at `position` when every sample is taken as often as it was drawn. */
function quantileOfCounted(ascending: Float64Array, counts: Int32Array, position: number): number {
  let place = 0
  let passed = counts[0] as number
  const advance = (rank: number): number => {
    while (passed <= rank) {
      place += 1
      passed += counts[place] as number
    }
    return ascending[place] as number
  }
  const below = advance(Math.floor(position))
  const above = advance(Math.ceil(position))
  return below + (above - below) * (position - Math.floor(position))
}

function middle(values: Float64Array): Interval | null {
  values.sort()
  const tail = (1 - CONFIDENCE) / 2
  const low = quantileOfSorted(values, tail)
  const high = quantileOfSorted(values, 1 - tail)
  return low === undefined || high === undefined ? null : { low, high }
}
