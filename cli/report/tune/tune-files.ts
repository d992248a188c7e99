import { writeFileSync } from 'node:fs'
import { UsageError } from '../../exit-codes.ts'
import type { TuneResult } from '../../measure/results/tune-result.ts'
import { htmlReport } from '../html/html-report.ts'

/** Paths of what is asked for. */
export interface TuneFiles {
  /** `-`: standard output, which then has nothing else. */
  readonly json?: string | undefined
  readonly html?: string | undefined
}

/** Before measuring for minutes, not after. */
export function checkTuneFiles({ json, html }: TuneFiles): void {
  if (json !== undefined && json !== '-') write('--json', json, '', 'a')
  if (html !== undefined) write('--html', html, '', 'a')
}

/** Returns what is where, a line each. */
export function writeTuneFiles(result: TuneResult, { json, html }: TuneFiles): string[] {
  const lines: string[] = []
  const text = `${JSON.stringify(result)}\n`
  if (json === '-') process.stdout.write(text)
  else if (json !== undefined) {
    write('--json', json, text, 'w')
    lines.push(`The figures are in ${json}`)
  }
  if (html !== undefined) {
    write('--html', html, htmlReport(result), 'w')
    lines.push(`The report is in ${html}`)
  }
  return lines
}

function write(option: string, path: string, text: string, flag: 'a' | 'w'): void {
  try {
    writeFileSync(path, text, { flag })
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    const reason = code === 'ENOENT' ? 'there is no such folder' : message
    throw new UsageError(`${option} ${path} cannot be written: ${reason}`)
  }
}
