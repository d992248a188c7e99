import { resolve } from 'node:path'
import { UsageError } from '../../exit-codes.ts'
import type { SimulateResult } from '../../measure/results/simulate-result.ts'
import { htmlReport } from '../html/html-report.ts'
import { writeAsked } from '../write-asked.ts'
import { simulateCsv } from './simulate-csv.ts'

/** Paths of what is asked for. */
export interface SimulateFiles {
  /** `-`: standard output, which then has nothing else. */
  readonly json?: string | undefined
  readonly csv?: string | undefined
  readonly html?: string | undefined
}

const KINDS = ['json', 'csv', 'html'] as const

/**
 * Before simulating for minutes, not after.
 *
 * @throws UsageError naming the option whose file cannot be written.
 */
export function checkSimulateFiles(files: SimulateFiles): void {
  const taken = new Map<string, string>()
  for (const kind of KINDS) {
    const path = files[kind]
    if (path === undefined || (kind === 'json' && path === '-')) continue
    const other = taken.get(resolve(path))
    if (other !== undefined) {
      throw new UsageError(`--${other} and --${kind} name the same file, ${path}`)
    }
    taken.set(resolve(path), kind)
    writeAsked(`--${kind}`, path, '', 'a')
  }
}

/** Returns what is where, a line each. */
export function writeSimulateFiles(result: SimulateResult, files: SimulateFiles): string[] {
  const texts = {
    json: () => `${JSON.stringify(result)}\n`,
    csv: () => simulateCsv(result),
    html: () => htmlReport(result),
  }
  const what = { json: 'The figures are', csv: 'The courses are', html: 'The report is' }
  return KINDS.flatMap((kind) => {
    const path = files[kind]
    if (path === undefined) return []
    if (kind === 'json' && path === '-') {
      process.stdout.write(texts.json())
      return []
    }
    writeAsked(`--${kind}`, path, texts[kind]())
    return [`${what[kind]} in ${path}`]
  })
}
