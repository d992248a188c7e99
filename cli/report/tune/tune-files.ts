import type { TuneResult } from '../../measure/results/tune-result.ts'
import { htmlReport } from '../html/html-report.ts'
import { writeAsked } from '../write-asked.ts'

/** Paths of what is asked for. */
export interface TuneFiles {
  /** `-`: standard output, which then has nothing else. */
  readonly json?: string | undefined
  readonly html?: string | undefined
}

/** Before measuring for minutes, not after. */
export function checkTuneFiles({ json, html }: TuneFiles): void {
  if (json !== undefined && json !== '-') writeAsked('--json', json, '', 'a')
  if (html !== undefined) writeAsked('--html', html, '', 'a')
}

/** Returns what is where, a line each. */
export function writeTuneFiles(result: TuneResult, { json, html }: TuneFiles): string[] {
  const lines: string[] = []
  const text = `${JSON.stringify(result)}\n`
  if (json === '-') process.stdout.write(text)
  else if (json !== undefined) {
    writeAsked('--json', json, text)
    lines.push(`The figures are in ${json}`)
  }
  if (html !== undefined) {
    writeAsked('--html', html, htmlReport(result))
    lines.push(`The report is in ${html}`)
  }
  return lines
}
