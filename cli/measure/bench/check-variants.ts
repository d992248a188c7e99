import type { Confinement } from '../../../runtime/emulator.ts'
import { invariant } from '../../../runtime/kernel/invariant.ts'
import type { BenchPlan, VariantToRun } from './bench-plan.ts'
import type { RunChildren } from './run-children.ts'
import { checkOrder } from './run-orders.ts'

/**
 * Deploys every variant once, on the Node and in the way it is to be measured, and tells how each is
 * confined. The first builds of their code and the file system's cache are the better for it.
 *
 * @throws SandlotError for a handler that does not load or a way to confine that does not work here.
 */
export async function checkVariants(
  variants: readonly VariantToRun[],
  plan: Pick<BenchPlan, 'cpu'>,
  children: RunChildren,
): Promise<Confinement[]> {
  const groups = new Map<string, VariantToRun[]>()
  for (const variant of variants) {
    const key = groupOf(variant)
    groups.set(key, [...(groups.get(key) ?? []), variant])
  }
  const found = new Map<string, Confinement>()
  for (const [key, group] of groups) {
    const node = (group[0] as VariantToRun).node
    const child = await children.take(node, [node])
    const answer = await child.carryOut(checkOrder(group, plan))
    await child.ended()
    invariant(answer.kind === 'checked', 'a check is answered with what it found')
    found.set(key, answer.confinement)
  }
  return variants.map((variant) => found.get(groupOf(variant)) as Confinement)
}

const groupOf = ({ node, confinement }: VariantToRun): string => `${node.path} ${confinement ?? ''}`
