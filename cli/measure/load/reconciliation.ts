import type { Reconciliation } from '../results/load-result.ts'
import type { Counts } from './controller-counts.ts'
import type { GeneratorCounts } from './generator-messages.ts'

type Row = Reconciliation['rows'][number]

/** Compares three counts of the same invocations; none is made from another. */
export function reconcile(generator: GeneratorCounts, controller: Counts): Reconciliation {
  const rows: Row[] = [
    {
      what: 'ran',
      generator: generator.ran,
      controller: controller.ran,
      sandboxes: controller.served,
    },
    { what: 'cold', generator: generator.cold, controller: controller.cold, sandboxes: null },
    {
      what: 'throttled',
      generator: generator.throttled,
      controller: controller.throttled,
      sandboxes: null,
    },
    {
      what: 'billed ms',
      generator: generator.billedMs,
      controller: controller.billedMs,
      sandboxes: null,
    },
  ]
  return { rows, differences: rows.flatMap(differenceOf) }
}

function differenceOf({ what, ...counts }: Row): string[] {
  const known = Object.entries(counts).filter(([, count]) => count !== null)
  if (new Set(known.map(([, count]) => count)).size <= 1) return []
  const parts = known.map(([who, count]) => `${count?.toLocaleString('en-US')} by the ${who}`)
  return [`${what}: ${parts.join(', ')}`]
}
