import { invariant } from '../../../runtime/kernel/invariant.ts'
import { seededRandom } from '../../../runtime/kernel/random.ts'
import { stopRule } from '../statistics/stop-rule.ts'
import type { BenchHooks } from './bench-hooks.ts'
import { type BenchPlan, blockOrder, type VariantToRun } from './bench-plan.ts'
import { type Measured, seriesRuns } from './measured.ts'
import type { RunChildren } from './run-children.ts'
import { runOrder } from './run-orders.ts'
import type { RunSamples } from './run-samples.ts'

/** What ended the runs. */
export type EndedBy = 'runs' | 'interval' | 'most runs' | 'interruption'

export interface Blocks {
  readonly measured: readonly Measured[]
  readonly endedBy: EndedBy
  /** With `untilCi`: half the widest interval, as a share of its median. */
  readonly widest: number | null
}

export interface BlocksInput {
  readonly variants: readonly VariantToRun[]
  readonly plan: BenchPlan
  readonly hooks: BenchHooks
  readonly children: RunChildren
}

/** Block after block, until the plan's rule ends them or the signal does. */
export async function runBlocks({ variants, plan, hooks, children }: BlocksInput): Promise<Blocks> {
  const random = seededRandom(plan.seed)
  const measured: Measured[] = variants.map((variant) => ({ variant, runs: [] }))
  const total = variants.length * mostBlocks(plan)
  let done = 0
  for (let block = 0; ; block += 1) {
    const rule = ruleAfter(block, measured, plan)
    if (rule !== undefined) return { measured, ...rule }
    const order = blockOrder(variants.length, random)
    for (const [place, index] of order.entries()) {
      hooks.onProgress({ done, total })
      const variant = variants[index] as VariantToRun
      const next = nextNodes(order.slice(place + 1), block, { variants, plan })
      const seen = await oneRun(variant, next, { plan, children }).catch((error: unknown) => {
        if (hooks.signal?.aborted !== true) throw error
        return undefined
      })
      if (seen !== undefined) {
        measured[index]?.runs.push(seen)
        hooks.onRun?.({ variant: index, block, seen })
      }
      if (hooks.signal?.aborted === true) {
        return { measured, endedBy: 'interruption', widest: null }
      }
      done += 1
      hooks.onProgress({ done, total })
    }
  }
}

const mostBlocks = ({ untilCi, runs, maxRuns }: BenchPlan): number =>
  untilCi === null ? runs : maxRuns

function ruleAfter(
  blocks: number,
  measured: readonly Measured[],
  { untilCi, runs, maxRuns, seed }: BenchPlan,
): Omit<Blocks, 'measured'> | undefined {
  if (untilCi === null) return blocks < runs ? undefined : { endedBy: 'runs', widest: null }
  if (blocks === 0) return undefined
  const series = measured.flatMap((each) => [seriesRuns(each, 'cold'), seriesRuns(each, 'warm')])
  const { stop, worst } = stopRule(series, { untilCi, mostRuns: maxRuns, seed })
  if (!stop) return undefined
  const isNarrow = worst !== null && worst <= untilCi
  return { endedBy: isNarrow ? 'interval' : 'most runs', widest: worst }
}

/** Of the runs that are sure to come: with a rule that looks after every block, those of this one. */
function nextNodes(
  rest: readonly number[],
  block: number,
  { variants, plan }: Pick<BlocksInput, 'variants' | 'plan'>,
) {
  const nodes = rest.map((index) => (variants[index] as VariantToRun).node)
  const isLastOrUnknown = plan.untilCi !== null || block + 1 >= plan.runs
  return isLastOrUnknown ? nodes : [...nodes, ...variants.map(({ node }) => node)]
}

async function oneRun(
  variant: VariantToRun,
  next: Parameters<RunChildren['take']>[1],
  { plan, children }: Pick<BlocksInput, 'plan' | 'children'>,
): Promise<RunSamples> {
  const child = await children.take(variant.node, next)
  const answer = await child.carryOut(runOrder(variant, plan))
  // Its controller is closed and its process gone before the next one measures.
  await child.ended()
  invariant(answer.kind === 'ran', 'a run is answered with what it saw')
  return answer.seen
}
