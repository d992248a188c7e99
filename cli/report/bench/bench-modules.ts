import type { ModuleCost, VariantResult } from '../../measure/results/bench-result.ts'
import type { Colours } from '../colours.ts'
import { formatMs, shortened } from '../format.ts'
import { plainTable } from '../plain-table.ts'
import { variantName } from './bench-labels.ts'

const MOST_SHOWN = 5
/** What loads faster is of no interest. */
const LEAST_MS = 0.5
const NAME_WIDTH = 60

/** What loading the code of each consists of; empty where it was not looked at. */
export function modulesTable(variants: readonly VariantResult[], paint: Colours): string {
  const table = plainTable(['', 'itself', 'with its imports'], 1, paint)
  const seen = withOwnCode(variants)
  for (const variant of seen) {
    const { imports, modules } = variant
    table.push([paint.bold(variantName(variant, NAME_WIDTH)), '', ''])
    table.push(['   init code', formatMs(imports?.initCodeMs ?? undefined), ''])
    table.push(['   module load', '', formatMs(imports?.moduleLoadMs ?? undefined)])
    const slow = modules.filter(({ selfMs }) => selfMs >= LEAST_MS).slice(0, MOST_SHOWN)
    table.push(...slow.map(row))
  }
  const [first] = seen
  if (first === undefined) return ''
  const source = `, ms, in ${first.imports?.starts} starts apart that look at the imports`
  return `${paint.bold('What initialising consists of')}${paint.dim(source)}\n${table.toString()}`
}

const row = ({ name, selfMs, totalMs }: ModuleCost): string[] => [
  `     ${shortened(name, NAME_WIDTH)}`,
  formatMs(selfMs),
  formatMs(totalMs),
]

/** Variants with the same code have the very same figures: they are told once. */
function withOwnCode(variants: readonly VariantResult[]): VariantResult[] {
  const seen = new Set<string>()
  return variants.filter(({ imports, modules }) => {
    if (imports === null) return false
    const key = JSON.stringify([imports, modules])
    if (seen.has(key)) return false
    seen.add(key)
    return true
  })
}
