import type { VariantResult } from '../../measure/results/bench-result.ts'
import type { Colours } from '../colours.ts'

/** What a million warm invocations of each would cost, wrapped; empty where none was measured. */
export function costLine(variants: readonly VariantResult[], paint: Colours): string {
  const costs = variants.flatMap(({ id, costPerMillion }) =>
    costPerMillion === null ? [] : [{ id, cost: costPerMillion }],
  )
  const [first] = costs
  if (first === undefined) return ''
  const { region, architecture, pricesAsOf } = first.cost
  const each = costs.map(({ id, cost }) => `${id} $${cost.totalUsd.toFixed(2)}`)
  const title = `${paint.bold('A million warm invocations')}${paint.dim(`, ${region}, ${architecture}, prices of ${pricesAsOf}`)}`
  return `${title}\n${wrapped(each).join('\n')}`
}

const PER_LINE = 8

function wrapped(items: readonly string[]): string[] {
  return Array.from({ length: Math.ceil(items.length / PER_LINE) }, (_, line) =>
    items.slice(line * PER_LINE, (line + 1) * PER_LINE).join('  ·  '),
  )
}
