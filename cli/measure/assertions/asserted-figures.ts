import type { BenchResult, SeriesName, VariantResult } from '../results/bench-result.ts'
import type { Distribution } from '../results/figures.ts'
import type { LoadResult, OutcomeName, OutcomeResult } from '../results/load-result.ts'
import type { TunedSize, TuneResult } from '../results/tune-result.ts'
import { distributionFrom, LatencyHistogram } from '../statistics/histogram.ts'
import { isSupported } from '../statistics/quantiles.ts'
import type { Flag, SeriesWord, Stat } from './assertion.ts'

export type AnyResult = BenchResult | LoadResult | TuneResult

/** A figure; `value` is `null` where `n` samples are too few for it. */
export interface AssertedFigure {
  readonly value: number | null
  readonly n: number
}

/** One thing measured, as assertions see it. */
export interface AssertedVariant {
  readonly id: string
  readonly label: string
  /** `null`: it has no such figure. */
  figure(series: SeriesWord, stat: Stat): AssertedFigure | null
}

/** All that assertions may ask of results. */
export interface Asserted {
  /** Of each group, ratios are those of all others to the first. */
  readonly groups: readonly (readonly AssertedVariant[])[]
  /** `null`: it was not looked at. */
  flag(flag: Flag): boolean | null
}

export function assertedOf(result: AnyResult): Asserted {
  const flags: Readonly<Partial<Record<Flag, boolean | null>>> = {
    complete: result.complete,
    ...(result.schema === 'sandlot-load' && {
      valid: result.validity.valid,
      reconciled:
        result.reconciliation === null ? null : result.reconciliation.differences.length === 0,
    }),
  }
  return { groups: [variantsOf(result)], flag: (flag) => flags[flag] ?? null }
}

export function variantsOf(result: AnyResult): AssertedVariant[] {
  switch (result.schema) {
    case 'sandlot-bench':
      return result.variants.map(assertedVariant)
    case 'sandlot-load':
      return [
        {
          id: 'A',
          label: result.target.label,
          figure: (series, stat) => figureOfLoad(result, series, stat),
        },
      ]
    case 'sandlot-tune':
      return result.sizes.map((size) => ({
        id: String(size.memorySizeMb),
        label: `${size.memorySizeMb}MB`,
        figure: (series, stat) => figureOfSize(size, series, stat),
      }))
  }
}

export const assertedVariant = (variant: VariantResult): AssertedVariant => ({
  id: variant.id,
  label: variant.label,
  figure: (series, stat) => figureOfVariant(variant, series, stat),
})

function figureOfVariant(
  { series, failures, misclassified }: VariantResult,
  word: SeriesWord,
  stat: Stat,
): AssertedFigure | null {
  if (word === 'failed') return stat === 'count' ? counted(sumOf(failures)) : null
  if (word === 'misclassified') return stat === 'count' ? counted(misclassified) : null
  const distribution = series[word as SeriesName] as Distribution | undefined
  return distribution === undefined ? null : figureOfDistribution(distribution, stat)
}

function figureOfSize(
  { warmMs, coldMs, billedMs, failures }: TunedSize,
  series: SeriesWord,
  stat: Stat,
): AssertedFigure | null {
  if (series === 'failed') return stat === 'count' ? counted(sumOf(failures)) : null
  const medians: Partial<Record<SeriesWord, number>> = {
    warm: warmMs.value,
    cold: coldMs.value,
    billed: billedMs,
  }
  const value = medians[series]
  return stat !== 'p50' || value === undefined ? null : { value, n: Number.POSITIVE_INFINITY }
}

/** How the outcomes of a load test are written in an assertion. */
const OUTCOMES: Readonly<Partial<Record<SeriesWord, readonly OutcomeName[]>>> = {
  cold: ['cold'],
  warm: ['warm'],
  throttle: ['throttle'],
  timeout: ['timeout'],
  'out-of-memory': ['out of memory'],
  'function-error': ['function error'],
  'http-error': ['http error'],
  'client-error': ['client error'],
  failed: ['timeout', 'out of memory', 'function error', 'http error', 'client error'],
}

function figureOfLoad(
  { outcomes, answered, validity }: LoadResult,
  series: SeriesWord,
  stat: Stat,
): AssertedFigure | null {
  const requests = outcomes.reduce((total, { count }) => total + count, 0) + validity.dropped
  const shared = (count: number): AssertedFigure =>
    stat === 'count'
      ? counted(count)
      : { value: requests === 0 ? null : count / requests, n: count }
  if (series === 'dropped') return shared(validity.dropped)
  const distributions: Partial<Record<SeriesWord, Distribution>> = {
    answered: answered.responseMs,
    service: answered.serviceMs,
    lag: validity.lagMs,
  }
  const whole = distributions[series]
  if (whole !== undefined) {
    return stat === 'share' ? shared(whole.n) : figureOfDistribution(whole, stat)
  }
  const names = OUTCOMES[series]
  if (names === undefined) return null
  const rows = outcomes.filter(({ outcome }) => names.includes(outcome))
  const count = rows.reduce((total, row) => total + row.count, 0)
  if (stat === 'count' || stat === 'share') return shared(count)
  return figureOfDistribution(merged(rows), stat)
}

/** Throttles and errors have one row for each reason. */
function merged(rows: readonly OutcomeResult[]): Distribution {
  const [first, ...others] = rows
  if (first !== undefined && others.length === 0) return first.latencies.responseMs
  const histogram = new LatencyHistogram()
  for (const { latencies } of rows) {
    histogram.merge(LatencyHistogram.decode(latencies.responseMs.histogram))
  }
  // Of the rows the extremes are exact, of their histograms to three digits.
  const extremes = (pick: (distribution: Distribution) => number | null): number[] =>
    rows.flatMap(({ latencies }) => pick(latencies.responseMs) ?? [])
  const [least, most] = [extremes(({ min }) => min), extremes(({ max }) => max)]
  return {
    ...distributionFrom(histogram),
    min: least.length === 0 ? null : Math.min(...least),
    max: most.length === 0 ? null : Math.max(...most),
  }
}

function figureOfDistribution(distribution: Distribution, stat: Stat): AssertedFigure | null {
  if (stat === 'share') return null
  if (stat === 'count') return counted(distribution.n)
  const { n } = distribution
  const q = QUANTILES[stat]
  // What was written before a rule was made is held to it as well.
  return { n, value: q !== undefined && !isSupported(n, q) ? null : distribution[stat] }
}

/** The statistics that take a number of samples. */
export const QUANTILES: Readonly<Partial<Record<Stat, number>>> = {
  p50: 0.5,
  p90: 0.9,
  p99: 0.99,
  p999: 0.999,
}

const counted = (count: number): AssertedFigure => ({ value: count, n: count })

const sumOf = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((total, each) => total + each, 0)
