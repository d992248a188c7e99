import type { Command } from 'commander'
import { z } from 'zod'
import { UsageError } from '../exit-codes.ts'
import { ASSERT_HELP } from '../measure/assertions/assert-help.ts'
import { checkAsserted } from '../measure/assertions/check-assertions.ts'
import { parseAssertions } from '../measure/assertions/parse-assertion.ts'
import {
  assertedOfComparison,
  compareResults,
  type ResultComparison,
} from '../measure/compare/compare-results.ts'
import { readResult } from '../measure/results/read-result.ts'
import { checkOptions } from '../options.ts'
import { checkJunit, reportAssertions } from '../report/assertions/assertion-report.ts'
import { colours } from '../report/colours.ts'
import { compareJson } from '../report/compare/compare-json.ts'
import { compareReport } from '../report/compare/compare-table.ts'
import { warn } from '../report/warn.ts'

const EFFECT_MESSAGE = 'must be a share from 0.1% to 100%, such as 5%'

/** `5%`, as a share. */
const effect = z
  .string()
  .regex(/^\d+(\.\d+)?%$/, EFFECT_MESSAGE)
  .transform((text) => Number(text.slice(0, -1)) / 100)
  .pipe(z.number().min(0.001, EFFECT_MESSAGE).max(1, EFFECT_MESSAGE))

const optionsSchema = z.object({
  assert: z.array(z.string()).default([]),
  junit: z.string().optional(),
  json: z.boolean().default(false),
  smallestEffect: effect.optional(),
})

export function registerCompare(program: Command): void {
  program
    .command('compare')
    .description('compare results that bench or load have written')
    .argument('<result...>', 'two or more files of --json; all are compared with the first')
    .option('--assert <conditions...>', 'what must hold of the figures, see below')
    .option('--junit <file>', 'write what became of the assertions there, as JUnit XML')
    .option('--json', 'print JSON instead of tables')
    .option(
      '--smallest-effect <share>',
      'smallest difference that matters (default: as in the first file)',
    )
    .addHelpText(
      'after',
      `
Examples:
  sandlot compare before.json after.json
  sandlot compare before.json after.json --assert 'ratio(warm.p50)<1.1' 'B.cold.p99<200ms'

Files of bench: variants of the same label are compared, or the only one of each file. Runs of
different files were not measured side by side; 'sandlot bench' of both at once finds smaller
differences. Files of load: quantiles side by side, without a verdict.
Names in assertions are those of files: A, B, … in the order given.
${ASSERT_HELP}`,
    )
    .action(compare)
}

function compare(paths: readonly string[], given: Record<string, unknown>): void {
  const { assert, junit, json, smallestEffect } = checkOptions(optionsSchema, given)
  if (paths.length < 2) {
    throw new UsageError('There is one result only: name another one to compare it with')
  }
  parseAssertions(assert)
  checkJunit(junit)
  const files = paths.map((path, index) => ({ id: idOf(index), path, result: readResult(path) }))
  const comparison = compareResults(files, smallestEffect)
  const assertions = parseAssertions(assert, comparison.kind)
  const outcomes = checkAsserted(assertions, assertedOfComparison(comparison))
  for (const warning of warningsOf(comparison)) warn(warning)
  console.log(
    json
      ? JSON.stringify(compareJson(comparison, outcomes))
      : compareReport(comparison, colours.stdout),
  )
  const stream = json ? 'stderr' : 'stdout'
  process.exitCode = reportAssertions(outcomes, { junit, stream })
}

/** `A` to `Z`; nobody compares more. */
function idOf(index: number): string {
  const id = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'[index]
  if (id === undefined) throw new UsageError('At most 26 results can be compared at once')
  return id
}

const warningsOf = ({ warnings, differences }: ResultComparison): string[] => [
  ...warnings,
  ...differences.map(({ field, values }) => `Not measured alike, ${field}: ${values.join('; ')}`),
]
