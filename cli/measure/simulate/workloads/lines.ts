import { closeSync, openSync, readSync } from 'node:fs'
import { problemAt, unreadable } from './file-problem.ts'

export interface Line {
  /** From 1. */
  readonly number: number
  /** Without its end; good until the next line is asked for. */
  readonly bytes: Buffer
  /** `false` for a last line that the file does not end: it may have been cut short. */
  readonly isEnded: boolean
}

const CHUNK_BYTES = 1_048_576
const MOST_LINE_BYTES = 4_194_304
const LINE_FEED = 10
const CARRIAGE_RETURN = 13

/**
 * The lines of a file, one after the other: never more than a megabyte of it is held beside the line
 * that goes over its end, however long the file is. Empty lines are left out.
 *
 * @throws UsageError when the file cannot be read, and for a line longer than 4 MB.
 */
export function* linesOf(path: string): Generator<Line> {
  const chunks = chunksOf(path)
  let rest: Buffer = Buffer.alloc(0)
  let number = 0
  for (const chunk of chunks) {
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    let from = 0
    for (let end = bytes.indexOf(LINE_FEED); end !== -1; end = bytes.indexOf(LINE_FEED, from)) {
      number += 1
      const line = withoutReturn(bytes.subarray(from, end))
      from = end + 1
      if (line.length > 0) yield { number, bytes: line, isEnded: true }
    }
    // A copy: the chunk is read into again.
    rest = Buffer.from(bytes.subarray(from))
    if (rest.length > MOST_LINE_BYTES) {
      throw problemAt(path, number + 1, 'is longer than 4 MB: this is no CSV file')
    }
  }
  const last = withoutReturn(rest)
  if (last.length > 0) yield { number: number + 1, bytes: last, isEnded: false }
}

function* chunksOf(path: string): Generator<Buffer> {
  const chunk = Buffer.alloc(CHUNK_BYTES)
  const file = attempt(path, () => openSync(path, 'r'))
  const read = (): number => attempt(path, () => readSync(file, chunk))
  try {
    for (let size = read(); size > 0; size = read()) yield chunk.subarray(0, size)
  } finally {
    closeSync(file)
  }
}

function attempt<Value>(path: string, act: () => Value): Value {
  try {
    return act()
  } catch (error) {
    throw unreadable(path, error)
  }
}

const withoutReturn = (line: Buffer): Buffer =>
  line.at(-1) === CARRIAGE_RETURN ? line.subarray(0, -1) : line
