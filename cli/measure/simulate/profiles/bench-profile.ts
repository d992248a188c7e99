import { z } from 'zod'
import { msToUs } from '../../../../runtime/kernel/units.ts'
import { empiricalModel } from '../../../../runtime/simulation/latency-models.ts'
import type { LatencyModel } from '../../../../runtime/simulation/workload.ts'
import { UsageError } from '../../../exit-codes.ts'
import { counted } from '../../../report/counted.ts'
import type { BenchResult, VariantResult } from '../../results/bench-result.ts'
import type { Part } from '../../results/figures.ts'
import { readResult } from '../../results/read-result.ts'
import { quantile } from '../../statistics/quantiles.ts'
import type { Profile } from './profile.ts'

/**
 * A profile of what `bench` has measured of one variant.
 *
 * @param spec the file; behind a `#`, the letter or label of the variant.
 * @throws UsageError as `readProfile` says.
 */
export function benchProfile(spec: string): Profile {
  const hash = spec.lastIndexOf('#')
  const path = hash === -1 ? spec : spec.slice(0, hash)
  const result = readResult(path)
  if (result.schema !== 'sandlot-bench') {
    throw new UsageError(`${path} is a result of load, and a profile is made from one of bench`)
  }
  const variant = variantOf(result, path, hash === -1 ? undefined : spec.slice(hash + 1))
  const place = `variants.${result.variants.indexOf(variant)}`
  const cold = variant.series.cold.runsMs.flat()
  const warm = variant.series.warm.runsMs.flat()
  checkVariant(path, place, variant)
  for (const [samples, what] of [
    [cold, 'cold starts'] as const,
    [warm, 'warm invocations'] as const,
  ]) {
    if (samples.length === 0) throw new UsageError(`${path} has no ${what} of ${variant.label}`)
  }
  const many = `${counted(cold.length, 'cold start')} and ${counted(warm.length, 'warm invocation')}`
  const where = `${result.environment.cpu}, Node ${result.environment.node}`
  return {
    text: `${variant.label}, ${variant.memorySizeMb} MB: ${many} measured by bench on ${where}`,
    kind: 'measured',
    latency: measuredModel({ cold, warm, variant }),
  }
}

function variantOf({ variants }: BenchResult, path: string, name: string | undefined) {
  const [first, ...others] = variants
  const named =
    variants.find(({ id }) => id === name) ?? variants.find(({ label }) => label === name)
  if (named !== undefined) return named
  if (name === undefined && first !== undefined && others.length === 0) return first
  const all = variants.map(({ id, label }) => `${id} (${label})`).join(', ')
  if (name !== undefined) throw new UsageError(`${path} has no variant '${name}': it has ${all}`)
  if (first === undefined) throw new UsageError(`${path} has no variants`)
  throw new UsageError(
    `${path} has several variants: ${all}`,
    `Name one, such as ${path}#${first.id}`,
  )
}

const parts = z.array(z.looseObject({ name: z.string(), ms: z.number().nonnegative() }))

/** What `compare` does not look at, and so is not checked yet. */
const variantSchema = z.looseObject({
  memorySizeMb: z.number(),
  phases: z.looseObject({ cold: parts, warm: parts }),
  billed: z.looseObject({ initMs: z.number().nonnegative().nullable() }),
})

function checkVariant(path: string, place: string, variant: VariantResult): void {
  const [issue] = variantSchema.safeParse(variant).error?.issues ?? []
  if (issue === undefined) return
  throw new UsageError(
    `${path} is damaged, at ${[place, ...issue.path].join('.')}: ${issue.message}`,
  )
}

interface Measured {
  readonly cold: readonly number[]
  readonly warm: readonly number[]
  readonly variant: VariantResult
}

/**
 * Takes apart what a caller waited, so that nothing counts twice: of each series the samples are there,
 * of its phases the medians.
 *
 * - overhead     of a warm call, all phases but the run: a constant
 * - run          what is left of each warm sample
 * - first run    of a cold call, the phase of the run: a constant
 * - cold start   what is left of each cold sample without overhead and first run; so it has all of
 *                their spread, and all that a cold call waits more than a warm one
 * - init         of the cold start the share that its median, as billed, has in the median
 *
 * A cold call simulated so waits what the measured ones waited, and so does a warm one. That the second
 * to tenth call of a sandbox are slower than the later ones is left out.
 */
function measuredModel({ cold, warm, variant }: Measured): LatencyModel {
  const { phases, billed } = variant
  const overheadMs = sum(phases.warm.filter(({ name }) => name !== 'ran'))
  const firstRunMs = sum(phases.cold.filter(({ name }) => name === 'ran'))
  const startsMs = cold.map((ms) => Math.max(0, ms - firstRunMs - overheadMs))
  const medianMs = quantile(startsMs, 0.5) ?? 0
  const { initMs } = billed
  const initShare = initMs === null || medianMs === 0 ? 1 : Math.min(1, initMs / medianMs)
  return empiricalModel({
    coldStarts: startsMs.map((ms) => ({ totalUs: msToUs(ms), initUs: msToUs(ms * initShare) })),
    firstRunsUs: [msToUs(firstRunMs)],
    runsUs: warm.map((ms) => msToUs(Math.max(0, ms - overheadMs))),
    overheadsUs: [msToUs(overheadMs)],
  })
}

const sum = (times: readonly Part[]): number => times.reduce((total, { ms }) => total + ms, 0)
