import { seededRandom } from '../../../../runtime/kernel/random.ts'
import { counted } from '../../../report/counted.ts'
import { linesOf } from './lines.ts'

/** Which rows of a table: all, the first so many, or so many drawn. */
export type Take =
  | { readonly kind: 'all' }
  | { readonly kind: 'first' | 'sample'; readonly count: number }

interface TakenRows {
  /** Is the row, counted from 0, one of them? Rows are asked for in order. */
  isTaken(row: number): boolean
  /** No row from this one on is. */
  readonly end: number
}

/** @param path of the table, which is gone through once more where rows are drawn. */
export function takenRows(take: Take, path: string, seed: number): TakenRows {
  switch (take.kind) {
    case 'all':
      return { isTaken: () => true, end: Number.POSITIVE_INFINITY }
    case 'first':
      return { isTaken: () => true, end: take.count }
    case 'sample': {
      const drawn = drawnNumbers(rowCount(path), take.count, seed)
      return { isTaken: (row) => drawn.has(row), end: Number.POSITIVE_INFINITY }
    }
  }
}

/** The same of functions that are all known already. */
export function takenNumbers(take: Take, of: number, seed: number): ReadonlySet<number> {
  if (take.kind === 'sample') return drawnNumbers(of, take.count, seed)
  const count = take.kind === 'all' ? of : Math.min(of, take.count)
  return new Set(Array.from({ length: count }, (_, number) => number))
}

export function takenText(take: Take, functions: number): string {
  const text = counted(functions, 'function')
  if (take.kind === 'all') return text
  return take.kind === 'first' ? `the first ${text}` : `a sample of ${text}`
}

/** Below the first line. */
function rowCount(path: string): number {
  let lines = 0
  for (const _ of linesOf(path)) lines += 1
  return Math.max(0, lines - 1)
}

/** `count` of the numbers from 0 below `of`, each as likely as any other (Floyd's method). */
function drawnNumbers(of: number, count: number, seed: number): ReadonlySet<number> {
  const random = seededRandom(seed ^ DRAWING)
  const drawn = new Set<number>()
  for (let last = Math.max(0, of - count); last < of; last += 1) {
    const number = Math.floor(random.next() * (last + 1))
    drawn.add(drawn.has(number) ? last : number)
  }
  return drawn
}

/** Makes it another chance than that of the arrivals. */
const DRAWING = 0x0d1c_e5ed
