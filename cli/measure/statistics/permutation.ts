import type { Random } from '../../../runtime/kernel/random.ts'

/** Up to so many arrangements, all of them are looked at and the p-value is exact. */
const MOST_EXACT = 4_096
const DRAWS = 10_000
/** Sums of the same numbers in another order differ in their last digits. */
const SLACK = 1e-9

/** One figure of each run, in the order of the runs: all positive. */
type Figures = readonly number[]

/**
 * How likely a difference at least this large would be if there were none, for runs measured in
 * pairs. Then each pair could as well have been the other way round, so the signs of the logarithms
 * of its ratio are flipped in all ways (by chance where there are more than 4,096).
 */
export function pairedPermutationP(a: Figures, b: Figures, random: Random): number {
  const logRatios = a.map((figure, block) => Math.log((b[block] as number) / figure))
  const observed = Math.abs(sum(logRatios))
  const isAsLarge = (flips: (block: number) => boolean): boolean => {
    let total = 0
    for (const [block, ratio] of logRatios.entries()) total += flips(block) ? -ratio : ratio
    return Math.abs(total) >= observed - SLACK
  }
  const arrangements = 2 ** logRatios.length
  if (arrangements > MOST_EXACT) return drawnP(() => isAsLarge(() => random.next() < 0.5))
  let asLarge = 0
  for (let signs = 0; signs < arrangements; signs += 1) {
    if (isAsLarge((block) => ((signs >> block) & 1) === 1)) asLarge += 1
  }
  return asLarge / arrangements
}

/** The same for runs that were measured apart: any of them could have been of the other. */
export function unpairedPermutationP(a: Figures, b: Figures, random: Random): number {
  const logs = [...a, ...b].map(Math.log)
  const total = sum(logs)
  const distance = (sumOfA: number): number =>
    Math.abs(sumOfA / a.length - (total - sumOfA) / b.length)
  const observed = distance(sum(logs.slice(0, a.length)))
  const isAsLarge = (sumOfA: number): boolean => distance(sumOfA) >= observed - SLACK
  if (waysToChoose(logs.length, a.length) > MOST_EXACT) {
    return drawnP(() => isAsLarge(sumOfDrawn(logs, a.length, random)))
  }
  const sums = sumsOfChosen(logs, a.length)
  return sums.filter(isAsLarge).length / sums.length
}

/** No order of the pairs would speak more clearly: one is the larger in each of them. */
export function allPairsAgree(a: Figures, b: Figures): boolean {
  const isLarger = a.map((figure, block) => Math.sign((b[block] as number) - figure))
  return isLarger.length > 0 && isLarger[0] !== 0 && new Set(isLarger).size === 1
}

/** The same of runs that were measured apart: all of one lie above all of the other. */
export const areSeparate = (a: Figures, b: Figures): boolean =>
  Math.min(...b) > Math.max(...a) || Math.min(...a) > Math.max(...b)

/** The observed arrangement is one of them, so the p-value is never 0. */
function drawnP(isAsLarge: () => boolean): number {
  let asLarge = 1
  for (let draw = 0; draw < DRAWS; draw += 1) if (isAsLarge()) asLarge += 1
  return asLarge / (DRAWS + 1)
}

function waysToChoose(n: number, k: number): number {
  let ways = 1
  for (let chosen = 1; chosen <= k; chosen += 1) ways = (ways * (n - k + chosen)) / chosen
  return Math.round(ways)
}

/** The sums of all choices of `count` values. */
function sumsOfChosen(values: readonly number[], count: number, from = 0): number[] {
  if (count === 0) return [0]
  return values.slice(from, values.length - count + 1).flatMap((value, index) => {
    const rest = sumsOfChosen(values, count - 1, from + index + 1)
    return rest.map((each) => value + each)
  })
}

function sumOfDrawn(values: readonly number[], count: number, random: Random): number {
  const left = [...values]
  let total = 0
  for (let drawn = 0; drawn < count; drawn += 1) {
    const place = drawn + Math.floor(random.next() * (left.length - drawn))
    total += left[place] as number
    left[place] = left[drawn] as number
  }
  return total
}

const sum = (values: readonly number[]): number => values.reduce((total, each) => total + each, 0)
