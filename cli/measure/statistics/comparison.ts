import { type Random, seededRandom } from '../../../runtime/kernel/random.ts'
import type { Comparison, SeriesName, VariantResult } from '../results/bench-result.ts'
import { blocksOf, compareQuantiles, LEAST_RUNS, type Runs } from './bootstrap.ts'
import { cliffsDelta } from './cliffs-delta.ts'
import { holm } from './holm.ts'
import {
  allPairsAgree,
  areSeparate,
  pairedPermutationP,
  unpairedPermutationP,
} from './permutation.ts'
import { isSupported, quantile } from './quantiles.ts'
import { verdictOf } from './verdict-policy.ts'

export interface ComparisonSettings {
  /** Smallest difference that matters, as a share: 0.05. */
  readonly smallestEffect: number
  readonly seed: number
  /** Runs measured side by side, as one benchmark does, and not in two of them. Default: they are. */
  readonly isPaired?: boolean
}

const SERIES: readonly SeriesName[] = ['cold', 'second', 'tenth', 'warm']

/** Every variant against the first. */
export function compareAll(
  [first, ...others]: readonly VariantResult[],
  settings: ComparisonSettings,
): Comparison[] {
  if (first === undefined) return []
  return comparePairs(
    others.map((other) => ({ a: first, b: other })),
    settings,
  ).flat()
}

export interface VariantPair {
  readonly a: VariantResult
  readonly b: VariantResult
}

/**
 * The two of each pair, in every series of which both have samples. The p-values make up for all of
 * the comparisons together.
 */
export function comparePairs(
  pairs: readonly VariantPair[],
  settings: ComparisonSettings,
): Comparison[][] {
  const all = pairs.flatMap(({ a, b }, pair) =>
    SERIES.flatMap((series) =>
      figuresOf(a.series[series].runsMs, b.series[series].runsMs, settings).map((figures) => ({
        pair,
        place: { a: a.id, b: b.id, series },
        figures,
      })),
    ),
  )
  const judged = judge(
    all.map(({ figures }) => figures),
    settings,
  )
  const comparisons = all.map(({ pair, place }, index) => ({
    pair,
    comparison: { ...place, ...(judged[index] as SeriesComparison) },
  }))
  return pairs.map((_, index) =>
    comparisons.flatMap(({ pair, comparison }) => (pair === index ? [comparison] : [])),
  )
}

/** A comparison of one series. */
export type SeriesComparison = Omit<Comparison, 'a' | 'b' | 'series'>

/** The median, and the p99 where both have the samples for it, of one series of each. */
export const compareSeries = (a: Runs, b: Runs, settings: ComparisonSettings): SeriesComparison[] =>
  judge(figuresOf(a, b, settings), settings)

/** All that is measured; the p-value is not yet made up for there being others. */
interface Figures extends Omit<SeriesComparison, 'verdict'> {
  /** No order of the runs would speak more clearly. */
  readonly isUnanimous: boolean
}

function figuresOf(
  allA: Runs,
  allB: Runs,
  { seed, isPaired = true }: ComparisonSettings,
): Figures[] {
  const [a, b] = isPaired ? blocksOf(allA, allB) : [filled(allA), filled(allB)]
  const [samplesA, samplesB] = [a.flat(), b.flat()]
  const least = Math.min(samplesA.length, samplesB.length)
  if (least === 0) return []
  const random = seededRandom(seed)
  const quantiles = ([0.5, 0.99] as const).filter((q) => q === 0.5 || isSupported(least, q))
  const compared = compareQuantiles(a, b, quantiles, random, { isPaired })
  const effect = cliffsDelta(samplesA, samplesB)
  return quantiles.flatMap((q, index) => {
    const figures = compared[index]
    if (figures === undefined) return []
    // Of fewer samples than a median needs, no interval is to be believed.
    const isEnough = isSupported(least, q)
    const estimate = ({ value, interval }: (typeof figures)['ratio']) => ({
      value,
      interval: isEnough ? interval : null,
    })
    return [
      {
        quantile: q,
        ratio: estimate(figures.ratio),
        differenceMs: estimate(figures.difference),
        ...permuted(a, b, q, random, isPaired),
        effect,
      },
    ]
  })
}

const filled = (runs: Runs): Runs => runs.filter(({ length }) => length > 0)

/** The quantile of every run is one figure; no p-value where the runs are too few to be asked. */
function permuted(a: Runs, b: Runs, q: number, random: Random, isPaired: boolean) {
  if (Math.min(a.length, b.length) < LEAST_RUNS) return { pValue: null, isUnanimous: false }
  const figures = (runs: Runs): number[] => runs.map((run) => quantile(run, q) as number)
  const [ofA, ofB] = [figures(a), figures(b)]
  return isPaired
    ? { pValue: pairedPermutationP(ofA, ofB, random), isUnanimous: allPairsAgree(ofA, ofB) }
    : { pValue: unpairedPermutationP(ofA, ofB, random), isUnanimous: areSeparate(ofA, ofB) }
}

function judge(
  figures: readonly Figures[],
  { smallestEffect }: ComparisonSettings,
): SeriesComparison[] {
  const adjusted = holm(figures.flatMap(({ pValue }) => pValue ?? [])).values()
  return figures.map(({ isUnanimous, ...each }) => {
    const pValue = each.pValue === null ? null : (adjusted.next().value ?? null)
    const evidence = { ratio: each.ratio, smallestEffect, pValue, isUnanimous }
    return { ...each, pValue, verdict: verdictOf(evidence) }
  })
}
