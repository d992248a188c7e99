import { counted } from '../../../report/counted.ts'
import { type CsvTable, openTable, textOf, wrongWidth } from './csv-table.ts'
import { problemAt } from './file-problem.ts'
import { type FunctionId, FunctionNames } from './function-names.ts'
import type { Line } from './lines.ts'
import { MinuteCounts } from './minute-counts.ts'
import { type Take, takenRows } from './take-rows.ts'

export interface Azure2019Day {
  readonly functionIds: readonly FunctionId[]
  readonly minutes: number
  readonly counts: MinuteCounts
  readonly notes: readonly string[]
}

interface InvocationsInput {
  readonly path: string
  readonly take: Take
  readonly partOfDay: boolean
  readonly seed: number
}

export const ID_COLUMNS = ['HashOwner', 'HashApp', 'HashFunction'] as const

const MINUTES_OF_DAY = 1_440
/** A larger count would be a mistake, and its instants would not fit into memory. */
const MOST_PER_MINUTE = 10_000_000

/**
 * Reads functions and counts, one line at a time. Rows that are not taken are not looked at. Where
 * two rows are of one function, its invocations are those of both.
 */
export function readInvocations({ path, take, partOfDay, seed }: InvocationsInput): Azure2019Day {
  const table = openTable(path, ID_COLUMNS)
  const firstColumn = firstMinuteColumn(table, partOfDay)
  const minutes = table.columns.length - firstColumn
  const counts = new MinuteCounts(minutes)
  const names = new FunctionNames()
  const taken = takenRows(take, path, seed)
  let row = -1
  let repeated = 0
  for (const line of table.lines) {
    row += 1
    if (row >= taken.end) break
    if (!taken.isTaken(row)) continue
    const [from, ids] = idsOf(table, line, firstColumn)
    const known = names.size
    const fn = names.indexOf(ids)
    if (names.size === known) repeated += 1
    addCounts(table, line, { from, firstColumn, fn, counts })
  }
  if (row === -1) throw problemAt(path, 1, 'has no functions below the names of the columns')
  const notes = repeated === 0 ? [] : [repeatedText(repeated, path)]
  return { functionIds: names.all, minutes, counts, notes }
}

const repeatedText = (rows: number, path: string): string =>
  `${counted(rows, 'row')} of ${path}: of a function that an earlier row is of; counts added up`

/** The minutes are the last columns, each named by its number. */
function firstMinuteColumn({ path, columns }: CsvTable, partOfDay: boolean): number {
  const firstColumn = columns.findIndex((name) => /^\d+$/.test(name))
  if (firstColumn === -1) {
    throw problemAt(path, 1, `has no columns 1 to ${MINUTES_OF_DAY}, one for each minute`)
  }
  const first = Number(columns[firstColumn])
  for (let column = firstColumn; column < columns.length; column += 1) {
    const expected = first + column - firstColumn
    if (columns[column] === String(expected)) continue
    throw problemAt(path, 1, `column ${column + 1} is '${columns[column]}': must be ${expected}`)
  }
  const last = first + columns.length - firstColumn - 1
  if (!partOfDay && (first !== 1 || last !== MINUTES_OF_DAY)) {
    const has = `has the minutes ${first} to ${last} instead of 1 to ${MINUTES_OF_DAY}`
    throw problemAt(path, 1, `${has}: the day was cut short`, '--part-of-day takes it as it is.')
  }
  return firstColumn
}

const COMMA = 44
const ZERO = 48
const NINE = 57

/** Where the counts begin in the line, and whose they are. */
function idsOf(table: CsvTable, line: Line, columns: number): [from: number, ids: string[]] {
  let from = 0
  for (let left = columns; left > 0; left -= 1) {
    const comma = line.bytes.indexOf(COMMA, from)
    if (comma === -1) throw wrongWidth(table, line, textOf(line).split(',').length)
    from = comma + 1
  }
  const fields = line.bytes.toString('utf8', 0, from).split(',')
  return [from, table.places.map((place) => (fields[place] ?? '').trim())]
}

interface Place {
  readonly from: number
  readonly firstColumn: number
  readonly fn: number
  readonly counts: MinuteCounts
}

/** Straight from the bytes: a day has 66 million counts, too many to make a text of each. */
function addCounts(table: CsvTable, line: Line, { from, firstColumn, fn, counts }: Place): void {
  const { bytes } = line
  const width = table.columns.length
  let column = firstColumn
  let at = from
  while (column < width) {
    let count = 0
    const begin = at
    for (let byte = bytes[at]; byte !== undefined && byte !== COMMA; byte = bytes[at]) {
      if (byte < ZERO || byte > NINE) throw wrongCount(table, line, column)
      count = count * 10 + byte - ZERO
      at += 1
    }
    if (at === begin || count > MOST_PER_MINUTE) throw wrongCount(table, line, column)
    if (count > 0) counts.add(column - firstColumn, fn, count)
    column += 1
    at += 1
    if (at > bytes.length) break
  }
  if (column !== width || at <= bytes.length) throw wrongCount(table, line, column)
}

/** What is wrong: how many there are, or if that is right, the one in this column. */
function wrongCount(table: CsvTable, line: Line, column: number): Error {
  const fields = textOf(line).split(',')
  if (fields.length !== table.columns.length) return wrongWidth(table, line, fields.length)
  const most = MOST_PER_MINUTE.toLocaleString('en-US')
  const what = `minute ${table.columns[column]} is '${fields[column]}'`
  return problemAt(table.path, line.number, `${what}: must be a whole number from 0 to ${most}`)
}
