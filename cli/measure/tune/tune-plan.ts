import { cpus, totalmem } from 'node:os'
import type { FunctionInput } from '../../../runtime/functions/function-config.ts'
import { type Manifest, readManifest } from '../../manifest.ts'
import { resolveTarget } from '../../target.ts'
import { type BenchPlan, spreadOverRuns } from '../bench/bench-plan.ts'
import { pricesOf } from '../cost/prices.ts'
import { thisNode } from '../node-binary.ts'
import type { Strategy } from './best-sizes.ts'
import { checkFits, memorySweep, sweepWarnings, usualSweep } from './memory-sweep.ts'
import type { TuneQuestion } from './tune-result-of.ts'

export interface TuneOrder {
  readonly target: string
  /** The event, JSON. */
  readonly payload: string
  /** As typed; absent: the usual ones. */
  readonly memory: string | undefined
  /** Absent: as many as are usual. */
  readonly runs: number | undefined
  /** Of each size, over all runs. */
  readonly cold: number
  readonly warm: number
  readonly timeoutMs: number | undefined
  readonly region: string | undefined
  readonly strategy: Strategy
  readonly costWeight: number
  readonly seed: number
}

export interface TunePlan {
  readonly plan: BenchPlan
  readonly question: TuneQuestion
  /** What the template says of the function and Sandlot does not honour. */
  readonly warnings: readonly string[]
}

const DEFAULT_REGION = 'us-east-1'
const DEFAULT_STORAGE_MB = 512
export const USUAL_RUNS = 5

/**
 * What is to be measured of which function, and what is asked of it: one variant for each size, with
 * CPU in proportion to memory.
 *
 * @throws UsageError, SandlotError for all that can be wrong with what was typed.
 */
export function tunePlan(order: TuneOrder): TunePlan {
  const { target, timeoutMs, memory, strategy, costWeight } = order
  const manifest = once(() => readManifest(undefined))
  const { input, warnings } = resolveTarget(target, { timeoutMs, isolation: 'process' }, manifest)
  const machine = { memoryMb: Math.floor(totalmem() / 1_048_576), cpuCount: cpus().length }
  const sizesMb = memory === undefined ? usualSweep(machine) : memorySweep(memory)
  checkFits(sizesMb, machine)
  const region = order.region ?? templateRegion(input, manifest) ?? DEFAULT_REGION
  pricesOf(region)
  const question = {
    target,
    region,
    ephemeralStorageMb: input.ephemeralStorageMb ?? DEFAULT_STORAGE_MB,
    strategy,
    costWeight,
    warnings: sweepWarnings(sizesMb, machine),
  }
  return { plan: planOf(order, input, sizesMb), question, warnings }
}

/** Only a function of a template has a logical id. */
const templateRegion = (
  { logicalId }: FunctionInput,
  manifest: () => Manifest,
): string | undefined => (logicalId === undefined ? undefined : manifest().priceRegions[logicalId])

function planOf(
  { target, payload, runs, cold, warm, seed }: TuneOrder,
  input: FunctionInput,
  sizesMb: readonly number[],
): BenchPlan {
  const node = thisNode()
  const variants = sizesMb.map((memorySizeMb) => {
    const label = `${memorySizeMb} MB`
    return { target, label, input: { ...input, memorySizeMb }, payload, node, build: null }
  })
  const counts = spreadOverRuns({ cold, warm }, { runs, usual: USUAL_RUNS })
  return {
    variants,
    ...counts,
    callsPerCold: 1,
    seed,
    untilCi: null,
    maxRuns: counts.runs,
    smallestEffect: 0.05,
    aa: false,
    cpu: 'proportional',
    modules: false,
  }
}

function once<Value>(make: () => Value): () => Value {
  let made: { readonly value: Value } | undefined
  return () => {
    made ??= { value: make() }
    return made.value
  }
}
