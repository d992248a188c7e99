import type { Environment } from '../environment.ts'
import type { ModuleReport } from '../modules/measure-modules.ts'
import type { BenchResult, VariantResult } from '../results/bench-result.ts'
import { compareAll } from '../statistics/comparison.ts'
import type { BenchPlan } from './bench-plan.ts'
import { noiseWarnings } from './noise-warnings.ts'
import type { Blocks } from './run-blocks.ts'
import { variantResult } from './variant-result.ts'

export interface BenchResultInput {
  readonly plan: BenchPlan
  /** ISO 8601. */
  readonly startedAt: string
  readonly environment: Environment
  /** Of each variant. */
  readonly confinements: readonly VariantResult['confinement'][]
  readonly blocks: Blocks
  /** Of each variant; empty: not looked at. */
  readonly modules: readonly ModuleReport[]
}

/** All that a benchmark found, from what was seen in its runs. */
export function benchResult(input: BenchResultInput): BenchResult {
  const { plan, startedAt, environment, confinements, blocks, modules } = input
  const { seed, coldPerRun, warmPerRun, untilCi, smallestEffect, aa } = plan
  const variants = blocks.measured.map((measured, index) =>
    variantResult({
      index,
      measured,
      seed,
      confinement: confinements[index] as VariantResult['confinement'],
      modules: modules[index],
    }),
  )
  return {
    schema: 'sandlot-bench',
    schemaVersion: 2,
    startedAt,
    complete: blocks.endedBy !== 'interruption',
    seed,
    settings: {
      runs: Math.max(...blocks.measured.map(({ runs }) => runs.length)),
      coldPerRun,
      warmPerRun,
      untilCi,
      smallestEffect,
      aa,
    },
    endedBy: blocks.endedBy,
    widestCi: blocks.widest,
    environment,
    warnings: noiseWarnings(environment, variants),
    variants,
    comparisons: comparedTogether(variants, plan).flatMap((compared) =>
      compareAll(compared, { smallestEffect, seed }),
    ),
  }
}

/** Groups whose members are compared with the first of them. */
export function comparedTogether(
  variants: readonly VariantResult[],
  { aa }: Pick<BenchPlan, 'aa'>,
): (readonly VariantResult[])[] {
  // Every variant and itself again, which are not to be told apart.
  if (aa) return variants.flatMap((_, at) => (at % 2 === 0 ? [variants.slice(at, at + 2)] : []))
  if (variants.every(({ build }) => build === null)) return [variants]
  // Two builds of the same, measured in the same way.
  const groups = new Map<string, VariantResult[]>()
  for (const variant of variants) {
    const { target, isolation, memorySizeMb, node, confinement } = variant
    const key = JSON.stringify([target, isolation, memorySizeMb, node, confinement])
    groups.set(key, [...(groups.get(key) ?? []), variant])
  }
  return [...groups.values()]
}
