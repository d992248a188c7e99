import { randomInt } from 'node:crypto'
import type { Command } from 'commander'
import { z } from 'zod'
import { readEvent } from '../event.ts'
import { EXIT } from '../exit-codes.ts'
import { ASSERT_HELP } from '../measure/assertions/assert-help.ts'
import { checkAssertions } from '../measure/assertions/check-assertions.ts'
import { parseAssertions } from '../measure/assertions/parse-assertion.ts'
import { bench } from '../measure/bench/bench.ts'
import type { BenchResult } from '../measure/results/bench-result.ts'
import { samplesNeeded } from '../measure/statistics/quantiles.ts'
import { type TuneOrder, tunePlan, USUAL_RUNS } from '../measure/tune/tune-plan.ts'
import { tuneResult } from '../measure/tune/tune-result-of.ts'
import { checkOptions, timeoutSeconds, whole } from '../options.ts'
import { checkJunit, reportAssertions } from '../report/assertions/assertion-report.ts'
import { colours } from '../report/colours.ts'
import { Progress } from '../report/progress.ts'
import { checkTuneFiles, writeTuneFiles } from '../report/tune/tune-files.ts'
import { tuneReport } from '../report/tune/tune-report.ts'
import { warn } from '../report/warn.ts'
import { untilSignal } from '../until-signal.ts'

const MAX_SEED = 4_294_967_295
/** Fewer have no median. */
const LEAST_SAMPLES = samplesNeeded(0.5)

const samples = whole(LEAST_SAMPLES, 1_000_000)

const optionsSchema = z.object({
  event: z.string().default('{}'),
  memory: z.string().optional(),
  runs: whole(1, 1_000).optional(),
  cold: samples.default(LEAST_SAMPLES),
  warm: samples.default(100),
  timeout: timeoutSeconds.optional(),
  region: z.string().optional(),
  strategy: z
    .enum(['cost', 'speed', 'balanced'], "must be 'cost', 'speed' or 'balanced'")
    .default('balanced'),
  costWeight: whole(0, 100, '%').default(50),
  seed: whole(0, MAX_SEED).optional(),
  json: z.string().optional(),
  html: z.string().optional(),
  assert: z.array(z.string()).default([]),
  junit: z.string().optional(),
})

type TuneOptions = z.output<typeof optionsSchema>

export function registerTune(program: Command): void {
  program
    .command('tune')
    .description('find the memory size that suits a function: time and cost of several')
    .argument('<function|file>', 'a handler file, or a function of template.yaml')
    .option('-e, --event <json>', 'the event: JSON, @file, or - for standard input (default: {})')
    .option('--memory <MB>', 'sizes: 128,512 or 512-2048:256 (default: 128 to 3008 in seven steps)')
    .option('--runs <count>', `of each size, a new controller each (default: ${USUAL_RUNS})`)
    .option('--cold <count>', `cold starts of each size (default: ${LEAST_SAMPLES})`)
    .option('--warm <count>', 'warm invocations of each size (default: 100)')
    .option('--timeout <seconds>', "1 to 900 (default: the template's, else 3)")
    .option('--region <name>', "whose prices (default: the template's, else us-east-1)")
    .option('--strategy <name>', 'what to recommend for: cost, speed or balanced (the default)')
    .option('--cost-weight <percent>', 'what cost weighs where it is balanced (default: 50)')
    .option('--seed <number>', 'fixes the order of measuring (default: a new one, printed)')
    .option('--json <file>', 'write the figures there; - is standard output')
    .option('--html <file>', 'write a report there, one file')
    .option('--assert <conditions...>', 'what must hold of the figures, see below')
    .option('--junit <file>', 'write what became of the assertions there')
    .addHelpText('after', HELP)
    .action(tune)
}

const HELP = `
Examples:
  sandlot tune handlers/process.ts -e '{"data":[1,2,3]}'
  sandlot tune thumbnail --memory 512-2048:256 --region eu-west-1 --strategy cost --html tune.html
  sandlot tune hello --memory 128,1769 --assert 'warm.p50<50ms'

CPU is in proportion to memory, as on Lambda. The template may name the region whose prices count:
  Metadata: { Sandlot: { PriceRegion: eu-west-1 } }
${ASSERT_HELP}`

async function tune(target: string, given: Record<string, unknown>): Promise<void> {
  const options = checkOptions(optionsSchema, given)
  await untilSignal((signal) => measure(target, options, signal))
}

async function measure(target: string, options: TuneOptions, signal: AbortSignal): Promise<void> {
  const assertions = parseAssertions(options.assert, 'tune')
  const { plan, question, warnings } = tunePlan(orderOf(target, options))
  for (const warning of warnings) warn(warning)
  checkTuneFiles(options)
  checkJunit(options.junit)
  const progress = new Progress()
  const measured = await bench(plan, {
    signal,
    onProgress: ({ done, total }) => progress.show(done, total, 'runs'),
  }).finally(() => progress.end())
  const result = tuneResult(measured, question)
  if (result === undefined) return reportNothing(measured)
  const stream = options.json === '-' ? 'stderr' : 'stdout'
  const paint = colours[stream]
  process[stream].write(`${tuneReport(result, paint)}\n`)
  const files = writeTuneFiles(result, options).map((line) => paint.dim(line))
  if (files.length > 0) process[stream].write(`\n${files.join('\n')}\n`)
  if (!result.complete) warn('Interrupted: this is what was measured until then')
  const { junit } = options
  process.exitCode ||= reportAssertions(checkAssertions(assertions, result), { junit, stream })
}

function orderOf(target: string, options: TuneOptions): TuneOrder {
  const { event, memory, runs, cold, warm, timeout, region, strategy, costWeight, seed } = options
  return {
    target,
    payload: readEvent(event),
    memory,
    runs,
    cold,
    warm,
    timeoutMs: timeout === undefined ? undefined : timeout * 1_000,
    region,
    strategy,
    costWeight: costWeight / 100,
    seed: seed ?? randomInt(1_000_000),
  }
}

/** Every size failed, or there was no time for any. */
function reportNothing({ variants, complete }: BenchResult): void {
  if (!complete) warn('Interrupted before any size had samples enough')
  const failures = variants.flatMap(({ memorySizeMb, failures: counts }) =>
    Object.entries(counts).map(([type, count]) => ({ type, count, memorySizeMb })),
  )
  for (const { type, count, memorySizeMb } of failures) {
    warn(`${memorySizeMb} MB: ${count} failed with ${type}`)
  }
  const isTimeout = failures.some(({ type }) => type === 'Sandbox.Timedout')
  process.exitCode ||= isTimeout ? EXIT.timeout : EXIT.functionError
}
