import type { ModuleCost, VariantResult } from '../measure/results/bench-result.ts'
import { variantName } from './bench-labels.ts'
import type { Colours } from './colours.ts'
import { formatMs, shortened } from './format.ts'
import { plainTable } from './plain-table.ts'

const MOST_SHOWN = 5
/** What loads faster is of no interest. */
const LEAST_MS = 0.5
const NAME_WIDTH = 60

/** The slowest modules of each code; empty where none takes a time worth telling. */
export function modulesTable(variants: readonly VariantResult[], paint: Colours): string {
  const table = plainTable(['', 'itself', 'with its imports'], 1, paint)
  let isEmpty = true
  for (const variant of withOwnCode(variants)) {
    const slow = variant.modules.filter(({ selfMs }) => selfMs >= LEAST_MS).slice(0, MOST_SHOWN)
    if (slow.length === 0) continue
    isEmpty = false
    table.push([paint.bold(variantName(variant, NAME_WIDTH)), '', ''], ...slow.map(row))
  }
  const title = `${paint.bold('The slowest modules to load')}${paint.dim(', ms, in separate starts')}`
  return isEmpty ? '' : `${title}\n${table.toString()}`
}

const row = ({ name, selfMs, totalMs }: ModuleCost): string[] => [
  `   ${shortened(name, NAME_WIDTH)}`,
  formatMs(selfMs),
  formatMs(totalMs),
]

/** Variants with the same code have the very same figures: they are told once. */
function withOwnCode(variants: readonly VariantResult[]): VariantResult[] {
  const seen = new Set<string>()
  return variants.filter(({ modules }) => {
    const key = JSON.stringify(modules)
    if (seen.has(key)) return false
    seen.add(key)
    return true
  })
}
