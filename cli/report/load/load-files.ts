import { resolve } from 'node:path'
import { UsageError } from '../../exit-codes.ts'
import type { LoadResult } from '../../measure/results/load-result.ts'
import { counted } from '../counted.ts'
import { htmlReport } from '../html/html-report.ts'
import { writeAsked } from '../write-asked.ts'
import { loadCsv } from './load-csv.ts'
import type { TraceEvents } from './trace-events.ts'

/** Paths of what is asked for. */
export interface LoadFiles {
  /** `-`: standard output, which then has nothing else. */
  readonly json?: string | undefined
  readonly csv?: string | undefined
  readonly html?: string | undefined
  readonly traceEvents?: string | undefined
}

const OPTIONS = {
  json: '--json',
  csv: '--csv',
  html: '--html',
  traceEvents: '--trace-events',
} as const

/**
 * Before measuring for minutes, not after.
 *
 * @throws UsageError naming the option whose file cannot be written.
 */
export function checkLoadFiles(files: LoadFiles): void {
  const taken = new Map<string, string>()
  for (const kind of Object.keys(OPTIONS) as (keyof LoadFiles)[]) {
    const path = files[kind]
    if (path === undefined || (kind === 'json' && path === '-')) continue
    const other = taken.get(resolve(path))
    if (other !== undefined) {
      throw new UsageError(`${other} and ${OPTIONS[kind]} name the same file, ${path}`)
    }
    taken.set(resolve(path), OPTIONS[kind])
    writeAsked(OPTIONS[kind], path, '', 'a')
  }
}

/** Returns what is where, a line each. */
export function writeLoadFiles(
  result: LoadResult,
  { json, csv, html, traceEvents }: LoadFiles,
  pool: TraceEvents,
): string[] {
  const lines: string[] = []
  const put = (
    kind: keyof LoadFiles,
    path: string | undefined,
    text: () => string,
    what: string,
  ) => {
    if (path === undefined) return
    writeAsked(OPTIONS[kind], path, text())
    lines.push(`${what} in ${path}`)
  }
  const jsonText = (): string => `${JSON.stringify(result)}\n`
  if (json === '-') process.stdout.write(jsonText())
  else put('json', json, jsonText, 'The figures are')
  put('csv', csv, () => loadCsv(result), 'The seconds are')
  put('html', html, () => htmlReport(result), 'The report is')
  const rest = pool.leftOut === 0 ? '' : ` without its last ${counted(pool.leftOut, 'event')}`
  put('traceEvents', traceEvents, () => pool.json(), `The pool${rest}, for ui.perfetto.dev, is`)
  return lines
}
