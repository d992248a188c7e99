import { PHASE_NAMES } from '../../../runtime/telemetry/phases.ts'
import type { VariantResult } from '../../measure/results/bench-result.ts'
import type { Part } from '../../measure/results/figures.ts'
import type { Colours } from '../colours.ts'
import { formatMs } from '../format.ts'
import { plainTable } from '../plain-table.ts'
import { variantName } from './bench-labels.ts'

const WIDTH = 100
/** Of a figure such as `1,234.5`. */
const FIGURE_WIDTH = 6
/** `A  ` and the space behind. */
const BESIDE_NAME = 5

/** Where the time goes, phase by phase; empty where nothing was measured. */
export function phaseTables(variants: readonly VariantResult[], paint: Colours): string[] {
  const sections = [
    section('Where a cold start goes', 'cold', variants, paint),
    section('Where a warm invocation goes', 'warm', variants, paint),
  ]
  return sections.filter((text) => text !== '')
}

function section(
  title: string,
  kind: 'cold' | 'warm',
  variants: readonly VariantResult[],
  paint: Colours,
): string {
  const names = namesOf(variants.map(({ phases: { [kind]: parts } }) => parts))
  if (names.length === 0) return ''
  const table = plainTable(['', ...names], 1, paint)
  const figuresWidth = names.reduce((sum, each) => sum + Math.max(each.length, FIGURE_WIDTH) + 2, 0)
  const nameWidth = WIDTH - figuresWidth - BESIDE_NAME
  for (const variant of variants) {
    const parts = new Map(variant.phases[kind].map(({ name, ms }) => [name, ms]))
    const figures = names.map((name) => formatMs(parts.get(name)))
    table.push([paint.bold(variantName(variant, nameWidth)), ...figures])
  }
  return `${paint.bold(title)}${paint.dim(', median ms of each phase')}\n${table.toString()}`
}

/** Of all variants, in the order in which they happen. */
function namesOf(all: readonly (readonly Part[])[]): string[] {
  const present = new Set(all.flatMap((parts) => parts.map(({ name }) => name)))
  return PHASE_NAMES.filter((name) => present.has(name))
}
