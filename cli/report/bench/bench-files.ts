import { resolve } from 'node:path'
import { UsageError } from '../../exit-codes.ts'
import type { MeasuredRun } from '../../measure/bench/bench-hooks.ts'
import type { BenchResult } from '../../measure/results/bench-result.ts'
import { htmlReport } from '../html/html-report.ts'
import { writeAsked } from '../write-asked.ts'
import { benchCsv } from './bench-csv.ts'
import { benchJson, sampleLines } from './bench-json.ts'

/** Paths of what is asked for. */
export interface BenchFiles {
  /** `-`: standard output, which then has nothing else. */
  readonly json?: string | undefined
  readonly samples?: string | undefined
  readonly csv?: string | undefined
  readonly html?: string | undefined
}

const KINDS = ['json', 'samples', 'csv', 'html'] as const

/**
 * Before measuring for minutes, not after.
 *
 * @throws UsageError naming the option whose file cannot be written.
 */
export function checkBenchFiles(files: BenchFiles): void {
  const taken = new Map<string, string>()
  for (const { option, path } of named(files)) {
    const other = taken.get(resolve(path))
    if (other !== undefined)
      throw new UsageError(`${option} and ${other} name the same file, ${path}`)
    taken.set(resolve(path), option)
    writeAsked(option, path, '', 'a')
  }
  // Runs are added to it as they end; what an earlier benchmark has left there is none of them.
  const { samples } = files
  if (samples !== undefined) writeAsked('--samples', samples, '')
}

export function addSamples({ samples }: BenchFiles, run: MeasuredRun): void {
  if (samples !== undefined) writeAsked('--samples', samples, sampleLines(run), 'a')
}

/** Returns what is where, a line each. */
export function writeBenchFiles(result: BenchResult, { json, samples, csv, html }: BenchFiles) {
  const lines: string[] = []
  const put = (option: string, path: string | undefined, text: () => string, what: string) => {
    if (path === undefined) return
    writeAsked(option, path, text())
    lines.push(`${what} in ${path}`)
  }
  if (json === '-') process.stdout.write(benchJson(result))
  else put('--json', json, () => benchJson(result), 'The figures are')
  if (samples !== undefined) lines.push(`All samples are in ${samples}`)
  put('--csv', csv, () => benchCsv(result), 'The table is')
  put('--html', html, () => htmlReport(result), 'The report is')
  return lines
}

const named = (files: BenchFiles) =>
  KINDS.flatMap((kind) => {
    const path = files[kind]
    const isFile = path !== undefined && !(kind === 'json' && path === '-')
    return isFile ? [{ option: `--${kind}`, path }] : []
  })
