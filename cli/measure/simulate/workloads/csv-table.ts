import { counted } from '../../../report/counted.ts'
import { problemAt } from './file-problem.ts'
import { type Line, linesOf } from './lines.ts'

/** A CSV file whose first line names its columns. No field of such traces is quoted. */
export interface CsvTable {
  readonly path: string
  readonly columns: readonly string[]
  /** Where each of the columns asked for is. */
  readonly places: readonly number[]
  /** The lines below the first. */
  readonly lines: Iterable<Line>
}

/**
 * Opens a table and finds the columns that are needed, in whatever order they come.
 *
 * @throws UsageError for an empty file, and for columns that are not there, naming them.
 */
export function openTable(path: string, needed: readonly string[]): CsvTable {
  const lines = linesOf(path)
  const { value: first } = lines.next()
  if (first === undefined) {
    throw problemAt(path, 1, `is empty: a line that names the columns was expected`)
  }
  const columns = textOf(first)
    .replace(BYTE_ORDER_MARK, '')
    .split(',')
    .map((name) => name.trim())
  const missing = needed.filter((name) => !columns.includes(name))
  if (missing.length > 0) {
    lines.return(undefined)
    const word = missing.length === 1 ? 'column' : 'columns'
    throw problemAt(path, first.number, `has no ${word} ${missing.join(', ')}`)
  }
  return { path, columns, places: needed.map((name) => columns.indexOf(name)), lines }
}

/** A row, with the fields of the columns asked for, in the order asked. */
export interface CsvRow {
  readonly line: number
  readonly fields: readonly string[]
}

/** @throws UsageError for a row that has more or fewer columns than the first line. */
export function* rowsOf(table: CsvTable): Generator<CsvRow> {
  for (const line of table.lines) {
    const all = textOf(line).split(',')
    if (all.length !== table.columns.length) throw wrongWidth(table, line, all.length)
    yield { line: line.number, fields: table.places.map((place) => (all[place] ?? '').trim()) }
  }
}

export function wrongWidth({ path, columns }: CsvTable, line: Line, width: number): Error {
  const end = line.isEnded ? '' : ', and no end: the file was cut short'
  const expected = columns.length.toLocaleString('en-US')
  return problemAt(
    path,
    line.number,
    `has ${counted(width, 'column')} instead of ${expected}${end}`,
  )
}

/** A decimal number as such files write it; `undefined` for anything else. */
export const numberOf = (text: string): number | undefined =>
  /^-?\d+(\.\d*)?([eE][+-]?\d+)?$/.test(text) ? Number(text) : undefined

export const textOf = ({ bytes }: Line): string => bytes.toString('utf8')

const BYTE_ORDER_MARK = /^\uFEFF/
