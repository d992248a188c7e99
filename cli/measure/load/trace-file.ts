import { readFileSync } from 'node:fs'
import { UsageError } from '../../exit-codes.ts'
import type { Trace } from './workload.ts'

/** More would not fit into memory with all else. */
const MOST_REQUESTS = 20_000_000

const BUCKETS_MS = { per_second: 1_000, per_minute: 60_000 } as const

/**
 * Reads what somebody has recorded.
 *
 * @throws UsageError naming the file, the line or place, and what was expected there.
 */
export function readTrace(path: string): Trace {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    const reason = code === 'ENOENT' ? 'there is no such file' : message
    throw new UsageError(`--trace ${path} cannot be read: ${reason}`)
  }
  return parseTrace(text, path)
}

/** How far the trace goes, whole seconds, milliseconds. */
export function traceLengthMs(trace: Trace): number {
  if (trace.kind === 'counts') return trace.counts.length * trace.bucketMs
  const lastMs = trace.instantsMs.at(-1) ?? 0
  return (Math.floor(lastMs / 1_000) + 1) * 1_000
}

/** @param path named in messages; JSON is told from CSV by how the text begins. */
export function parseTrace(text: string, path: string): Trace {
  const trace = /^\s*[[{]/.test(text) ? parseJson(text, path) : parseCsv(text, path)
  const requests =
    trace.kind === 'instants'
      ? trace.instantsMs.length
      : trace.counts.reduce((sum, count) => sum + count, 0)
  if (requests === 0) throw problem(path, 'has no requests in it')
  if (requests > MOST_REQUESTS) {
    const [many, most] = [requests, MOST_REQUESTS].map((each) => each.toLocaleString('en-US'))
    throw problem(path, `has ${many} requests; at most ${most} are possible`)
  }
  return trace
}

function parseCsv(text: string, path: string): Trace {
  const lines = text
    .split(/\r?\n/)
    .map((line, index) => ({ value: line.trim(), place: `line ${index + 1}` }))
    .filter(({ value }) => value !== '')
  const first = lines[0]?.value.toLowerCase()
  const head = first !== undefined && /^[a-z_]+$/.test(first) ? first : undefined
  const values = head === undefined ? lines : lines.slice(1)
  return traceFrom(head ?? 'ms', values, path, 'the first line')
}

function parseJson(text: string, path: string): Trace {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (error) {
    throw problem(path, `is not JSON: ${(error as Error).message}`)
  }
  const [key = '', list] = Array.isArray(json)
    ? ['ms', json]
    : (Object.entries(json as object)[0] ?? [])
  if (!Array.isArray(list)) throw problem(path, FORMATS)
  const values = list.map((value: unknown, index) => ({ value, place: `number ${index + 1}` }))
  return traceFrom(key, values, path, 'its key')
}

interface Placed {
  readonly value: unknown
  readonly place: string
}

function traceFrom(head: string, values: readonly Placed[], path: string, where: string): Trace {
  if (head === 'ms') return { kind: 'instants', instantsMs: instants(values, path) }
  if (head !== 'per_second' && head !== 'per_minute') {
    throw problem(path, `${where} is '${head}': must be ms, per_second or per_minute`)
  }
  return { kind: 'counts', bucketMs: BUCKETS_MS[head], counts: values.map(countOf(path)) }
}

function instants(values: readonly Placed[], path: string): number[] {
  let lastMs = 0
  return values.map(({ value, place }) => {
    const ms = numberOf(value)
    if (ms === undefined || ms < 0) {
      throw problem(path, `${place} is ${shown(value)}: must be milliseconds from the start`)
    }
    if (ms < lastMs) {
      throw problem(path, `${place} is ${shown(value)}: earlier than the one before it`)
    }
    lastMs = ms
    return ms
  })
}

const countOf =
  (path: string) =>
  ({ value, place }: Placed): number => {
    const count = numberOf(value)
    if (count !== undefined && Number.isInteger(count) && count >= 0) return count
    throw problem(path, `${place} is ${shown(value)}: must be a whole number of requests`)
  }

function numberOf(value: unknown): number | undefined {
  const isNumber =
    typeof value === 'number' || (typeof value === 'string' && /^[\d.eE+-]+$/.test(value))
  const number = isNumber ? Number(value) : Number.NaN
  return Number.isFinite(number) ? number : undefined
}

const shown = (value: unknown): string =>
  typeof value === 'string' ? `'${value}'` : JSON.stringify(value)

const FORMATS =
  'must hold a list of milliseconds, or of counts under the key per_second or per_minute'

const problem = (path: string, what: string): UsageError =>
  new UsageError(`--trace ${path} ${what}`)
