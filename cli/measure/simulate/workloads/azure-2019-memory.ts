import { counted } from '../../../report/counted.ts'
import { type CsvRow, numberOf, openTable, rowsOf } from './csv-table.ts'
import { problemAt } from './file-problem.ts'
import type { FunctionId } from './function-names.ts'

interface TraceMemory {
  megabytes(fn: number): number
  readonly notes: readonly string[]
}

const LEAST_MB = 128
const MOST_MB = 10_240

/** The most that the application was seen to take: on Lambda its functions would need so much. */
const COLUMN = 'AverageAllocatedMb_pct100'

/**
 * Memory sizes as Lambda has them, 128 to 10,240 MB. A row with a negative figure is skipped.
 *
 * @param path absent: all have `otherwiseMb`, as functions without a row have.
 */
export function readMemory(
  path: string | undefined,
  ids: readonly FunctionId[],
  otherwiseMb: number,
): TraceMemory {
  if (path === undefined) return { megabytes: () => otherwiseMb, notes: [] }
  const table = openTable(path, ['HashOwner', 'HashApp', COLUMN])
  const wanted = new Set(ids.map(({ appKey }) => appKey))
  const ofApp = new Map<string, number>()
  let negative = 0
  for (const row of rowsOf(table)) {
    const mb = figureOf(path, row)
    const appKey = row.fields.slice(0, 2).join('/')
    if (mb < 0) negative += 1
    else if (wanted.has(appKey)) {
      ofApp.set(appKey, Math.min(MOST_MB, Math.max(LEAST_MB, Math.ceil(mb))))
    }
  }
  const without = ids.filter(({ appKey }) => !ofApp.has(appKey)).length
  return {
    megabytes: (fn) => ofApp.get(ids[fn]?.appKey ?? '') ?? otherwiseMb,
    notes: [
      ...(negative > 0 ? [`${counted(negative, 'row')} of ${path}: memory below 0`] : []),
      ...(without > 0
        ? [`no row in ${path} for ${counted(without, 'function')}: ${otherwiseMb} MB each`]
        : []),
    ],
  }
}

function figureOf(path: string, { line, fields }: CsvRow): number {
  const mb = numberOf(fields[2] ?? '')
  if (mb !== undefined) return mb
  throw problemAt(path, line, `${COLUMN} is '${fields[2]}': must be megabytes`)
}
