import type { BenchResult } from '../../measure/results/bench-result.ts'
import type { Colours } from '../colours.ts'
import { comparisonTables } from './bench-comparison-table.ts'
import { costLine } from './bench-cost-line.ts'
import { latencyTable } from './bench-latency-table.ts'
import { modulesTable } from './bench-modules.ts'
import { notes } from './bench-notes.ts'
import { phaseTables } from './bench-phase-table.ts'

export interface BenchReportOptions {
  /** Different functions are not there to be compared. Default: they are. */
  readonly compares?: boolean
}

/** All that a benchmark found, as text. */
export function benchReport(
  result: BenchResult,
  paint: Colours,
  { compares = true }: BenchReportOptions = {},
): string {
  const { variants } = result
  const parts = [
    `${latencyTable(variants, paint)}\n${notes(result, paint).join('\n')}`,
    compares ? comparisonTables(result, paint) : '',
    ...phaseTables(variants, paint),
    modulesTable(variants, paint),
    costLine(variants, paint),
  ]
  const text = parts.filter((part) => part !== '').join('\n\n')
  // Tables pad their last column too.
  return text.replaceAll(/ +$/gm, '')
}
