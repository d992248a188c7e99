import { UsageError } from '../../exit-codes.ts'
import { type NodeBinary, nodeBinary, thisNode } from '../node-binary.ts'
import {
  type Amount,
  DEFAULT_AMOUNT,
  DEMO_AMOUNT,
  QUICK_AMOUNT,
  QUICK_DEMO_AMOUNT,
} from './amounts.ts'
import type { BenchOptions } from './bench-options.ts'
import { type BenchPlan, spreadOverRuns } from './bench-plan.ts'
import { demoFunctions, namedFunctions, workloadFunctions } from './bench-targets.ts'
import type { OtherBuild } from './other-build.ts'
import { type Measurand, variantsOf } from './variants.ts'

const MOST_RUNS = 50

export interface PlanInput {
  readonly targets: readonly string[]
  readonly options: BenchOptions
  readonly against: OtherBuild | undefined
  /** Of the store that the workloads use, where they are measured. */
  readonly storeUrl: string | undefined
  readonly seed: number
}

/**
 * What the command line asks for.
 *
 * @throws UsageError for targets, an event or a Node that are not there.
 */
export async function planOf(input: PlanInput): Promise<BenchPlan> {
  const { options, seed } = input
  const { demo, quick, untilCi = null } = options
  const variants = variantsOf(functionsOf(input), {
    isolations: options.isolation ?? (demo ? ['process', 'thread'] : ['process']),
    memorySizesMb: options.memory,
    confinements: options.confinement,
    nodes: await nodesOf(options.node),
  })
  const usual = amountOf(options)
  const totals = { cold: options.cold ?? usual.cold, warm: options.warm ?? usual.warm }
  return {
    variants,
    ...spreadOverRuns(totals, { runs: options.runs, usual: usual.runs }),
    callsPerCold: demo && quick ? 1 : 10,
    seed,
    untilCi,
    maxRuns: options.maxRuns ?? MOST_RUNS,
    smallestEffect: options.smallestEffect,
    aa: options.aa,
    cpu: options.cpu,
    // A quick look is at the times.
    modules: options.modules && !quick,
  }
}

function functionsOf({ targets, options, against, storeUrl }: PlanInput): Measurand[] {
  const { demo, event, timeout } = options
  const timeoutMs = timeout === undefined ? undefined : timeout * 1_000
  const settings = { event, against, timeoutMs }
  if (storeUrl !== undefined) return workloadFunctions(targets, settings, storeUrl)
  return (demo ? demoFunctions : namedFunctions)(targets, settings)
}

async function nodesOf(paths: readonly string[] | undefined): Promise<NodeBinary[]> {
  if (paths === undefined) return [thisNode()]
  const nodes = await Promise.all(paths.map(nodeBinary))
  const twice = nodes.find(
    ({ path }, index) => nodes.findIndex((each) => each.path === path) < index,
  )
  if (twice !== undefined) throw new UsageError(`--node names ${twice.path} twice`)
  return nodes
}

function amountOf({ demo, quick }: BenchOptions): Amount {
  if (demo) return quick ? QUICK_DEMO_AMOUNT : DEMO_AMOUNT
  return quick ? QUICK_AMOUNT : DEFAULT_AMOUNT
}
