import { EXIT } from '../../exit-codes.ts'
import type { AssertionOutcome } from '../../measure/assertions/assertion.ts'
import { colours } from '../colours.ts'
import { writeAsked } from '../write-asked.ts'
import { assertionLines } from './assertion-lines.ts'
import { githubSummary } from './github-summary.ts'
import { junitXml } from './junit.ts'

export interface AssertionReports {
  /** A file that is written anew. */
  readonly junit?: string | undefined
  /** A file that is added to. Default: `GITHUB_STEP_SUMMARY`, which GitHub Actions sets. */
  readonly githubSummary?: string | undefined
  /** Where the lines go; standard output may belong to JSON. */
  readonly stream?: 'stdout' | 'stderr'
}

/**
 * Prints what became of assertions, writes the files asked for, and returns the exit code. Without
 * any assertion it does nothing.
 */
export function reportAssertions(
  outcomes: readonly AssertionOutcome[],
  {
    junit,
    githubSummary: summary = process.env.GITHUB_STEP_SUMMARY,
    stream = 'stdout',
  }: AssertionReports = {},
): number {
  if (outcomes.length === 0) return EXIT.success
  process[stream].write(`\n${assertionLines(outcomes, colours[stream])}\n`)
  if (junit !== undefined) writeAsked('--junit', junit, junitXml(outcomes))
  if (summary) writeAsked('GITHUB_STEP_SUMMARY', summary, githubSummary(outcomes), 'a')
  return outcomes.every(({ ok }) => ok) ? EXIT.success : EXIT.assertionFailed
}

/** Before measuring for minutes, not after. */
export function checkJunit(path: string | undefined): void {
  if (path !== undefined) writeAsked('--junit', path, '', 'a')
}
