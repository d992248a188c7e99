import { UsageError } from '../../exit-codes.ts'
import {
  type Asserted,
  type AssertedVariant,
  assertedOf,
  assertedVariant,
  variantsOf,
} from '../assertions/asserted-figures.ts'
import type { BenchResult, Comparison, VariantResult } from '../results/bench-result.ts'
import type { LoadResult } from '../results/load-result.ts'
import type { ComparableResult } from '../results/read-result.ts'
import { comparePairs } from '../statistics/comparison.ts'
import { type EnvironmentDifference, environmentDifferences } from './environment-differences.ts'
import { pairVariants } from './pair-variants.ts'

/** A result, and where it was read from. */
export interface ReadResult<Result extends ComparableResult = ComparableResult> {
  /** `A`, `B`, … in the order named. */
  readonly id: string
  readonly path: string
  readonly result: Result
}

/** Two variants of different files, and how they compare. */
export interface ComparedPair {
  readonly label: string
  /** Named by the ids of their files. */
  readonly a: VariantResult
  readonly b: VariantResult
  readonly comparisons: readonly Comparison[]
}

export interface BenchComparison {
  readonly kind: 'bench'
  readonly files: readonly ReadResult<BenchResult>[]
  readonly smallestEffect: number
  readonly seed: number
  readonly pairs: readonly ComparedPair[]
  readonly warnings: readonly string[]
  readonly differences: readonly EnvironmentDifference[]
}

export interface LoadComparison {
  readonly kind: 'load'
  readonly files: readonly ReadResult<LoadResult>[]
  readonly warnings: readonly string[]
  readonly differences: readonly EnvironmentDifference[]
}

export type ResultComparison = BenchComparison | LoadComparison

/**
 * Compares results of one kind, every one against the first. Runs of different files were not
 * measured side by side, so they are resampled apart.
 *
 * @param smallestEffect absent: the one of the first file.
 * @throws UsageError for results that have nothing in common.
 */
export function compareResults(
  files: readonly ReadResult[],
  smallestEffect: number | undefined,
): ResultComparison {
  const benches = files.filter(isBench)
  if (benches.length === files.length) return compareBenches(benches, smallestEffect)
  const loads = files.filter(isLoad)
  if (loads.length === files.length) {
    return { kind: 'load', files: loads, warnings: loadWarnings(loads), ...differencesOf(files) }
  }
  const [bench, load] = [benches[0]?.path, loads[0]?.path]
  throw new UsageError(
    `${bench} is a result of bench and ${load} one of load: they have no figure in common`,
  )
}

const isBench = (file: ReadResult): file is ReadResult<BenchResult> =>
  file.result.schema === 'sandlot-bench'
const isLoad = (file: ReadResult): file is ReadResult<LoadResult> =>
  file.result.schema === 'sandlot-load'

const differencesOf = (files: readonly ReadResult[]) => ({
  differences: environmentDifferences(files.map(({ result }) => result.environment)),
})

function compareBenches(
  files: readonly ReadResult<BenchResult>[],
  given: number | undefined,
): BenchComparison {
  const [first, ...others] = files as [ReadResult<BenchResult>, ...ReadResult<BenchResult>[]]
  const smallestEffect = given ?? first.result.settings.smallestEffect
  const { seed } = first.result
  const warnings = files.flatMap(incomplete)
  const pairs = others.flatMap((other) => {
    const { pairs, onlyA, onlyB } = pairVariants(first.result, other.result)
    if (pairs.length === 0) {
      throw new UsageError(
        `${first.path} and ${other.path} have no variant in common`,
        `The first has ${quoted(onlyA)}, the second ${quoted(onlyB)}.`,
      )
    }
    if (onlyA.length > 0) warnings.push(`Only in ${first.path}, not compared: ${quoted(onlyA)}`)
    if (onlyB.length > 0) warnings.push(`Only in ${other.path}, not compared: ${quoted(onlyB)}`)
    return pairs.map(({ label, a, b }) => ({
      label,
      a: { ...a, id: first.id },
      b: { ...b, id: other.id },
    }))
  })
  const comparisons = comparePairs(pairs, { smallestEffect, seed, isPaired: false })
  return {
    kind: 'bench',
    files,
    smallestEffect,
    seed,
    pairs: pairs.map((pair, index) => ({
      ...pair,
      comparisons: comparisons[index] ?? [],
    })),
    warnings,
    ...differencesOf(files),
  }
}

const quoted = (labels: readonly string[]): string =>
  labels.length === 0 ? 'none' : labels.map((label) => `'${label}'`).join(', ')

const incomplete = ({ path, result }: ReadResult): string[] =>
  result.complete ? [] : [`${path} is of a measurement that did not come to its end`]

function loadWarnings(files: readonly ReadResult<LoadResult>[]): string[] {
  const workloads = new Set(files.map(({ result }) => result.workload.text))
  return [
    ...files.flatMap(incomplete),
    ...files.flatMap(({ path, result: { validity } }) =>
      validity.valid ? [] : [`${path} is not valid: ${validity.reasons.join(' ')}`],
    ),
    ...(workloads.size > 1 ? [`The loads differ: ${[...workloads].join('; ')}`] : []),
  ]
}

/** What assertions see of a comparison: the id of a variant is that of its file. */
export function assertedOfComparison(comparison: ResultComparison): Asserted {
  const each = comparison.files.map(({ result }) => assertedOf(result))
  return {
    groups: comparison.kind === 'load' ? [loadsOf(comparison)] : benchGroups(comparison),
    flag: (flag) => {
      const values = each.map((one) => one.flag(flag))
      return values.includes(null) ? null : values.every((value) => value === true)
    },
  }
}

const loadsOf = ({ files }: LoadComparison): AssertedVariant[] =>
  files.flatMap(({ id, result }) => variantsOf(result).map((variant) => ({ ...variant, id })))

/** A variant of the first file with what each other file has of it. */
function benchGroups({ pairs }: BenchComparison): AssertedVariant[][] {
  const groups = new Map<string, VariantResult[]>()
  for (const { a, b } of pairs) groups.set(a.label, [...(groups.get(a.label) ?? [a]), b])
  return [...groups.values()].map((variants) => variants.map(assertedVariant))
}
