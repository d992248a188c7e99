import { randomInt } from 'node:crypto'
import type { Command } from 'commander'
import { EXIT } from '../exit-codes.ts'
import { ASSERT_HELP } from '../measure/assertions/assert-help.ts'
import { checkAssertions } from '../measure/assertions/check-assertions.ts'
import { parseAssertions } from '../measure/assertions/parse-assertion.ts'
import { bench } from '../measure/bench/bench.ts'
import { type BenchOptions, benchOptions, checkTogether } from '../measure/bench/bench-options.ts'
import { type OtherBuild, otherBuild } from '../measure/bench/other-build.ts'
import { planOf } from '../measure/bench/plan-of.ts'
import type { BenchResult } from '../measure/results/bench-result.ts'
import { type StandIn, startStandIn } from '../measure/workloads/start-stand-in.ts'
import { checkOptions } from '../options.ts'
import { checkJunit, reportAssertions } from '../report/assertions/assertion-report.ts'
import { addSamples, checkBenchFiles, writeBenchFiles } from '../report/bench/bench-files.ts'
import { benchHeading } from '../report/bench/bench-heading.ts'
import { benchReport } from '../report/bench/bench-table.ts'
import { colours } from '../report/colours.ts'
import { Progress } from '../report/progress.ts'
import { warn } from '../report/warn.ts'
import { untilSignal } from '../until-signal.ts'

export function registerBench(program: Command): void {
  program
    .command('bench')
    .description('measure cold starts against warm invocations')
    .argument('[function|file...]', 'handler files, or functions of template.yaml')
    .option('-e, --event <json>', 'the event: JSON, @file, or - for standard input (default: {})')
    .option('--cold <count>', 'forced cold starts of each variant, over all runs (default: 100)')
    .option('--warm <count>', 'warm invocations of each variant, over all runs (default: 1000)')
    .option('--runs <count>', 'of each variant, a new controller each (default: 10)')
    .option('--until-ci <share>', 'as many runs as it takes to know every median to, say, 5%')
    .option('--max-runs <count>', 'but at most so many (default: 50)')
    .option('--isolation <kinds>', 'process, thread, or both with a comma (default: process)')
    .option('--memory <MB>', "sizes with commas, 128 to 10240 (default: the template's, else 128)")
    .option(
      '--confinement <kinds>',
      'root, user, plain: how processes are confined (default: best)',
    )
    .option('--node <paths>', 'binaries of Node to run on, with commas (default: this one)')
    .option('--against <build>', 'measure beside them the same of a git reference, or a folder')
    .option('--aa', 'every variant twice: does the measuring itself find differences?')
    .option('--smallest-effect <share>', 'the smallest difference that matters (default: 5%)')
    .option('--cpu <share>', 'proportional to memory, or unlimited (default: proportional)')
    .option('--timeout <seconds>', "1 to 900 (default: the template's, else 3)")
    .option('--seed <number>', 'fixes the order of measuring (default: a new one, printed)')
    .option('--no-modules', 'do not look at what loading each import takes')
    .option('--json <file>', 'write all figures there; - for standard output')
    .option('--samples <file>', 'write every sample with its phases there, a JSON object a line')
    .option('--csv <file>', 'write the table there')
    .option('--html <file>', 'write a report with plots there, one file')
    .option('--assert <conditions...>', 'what must hold of the figures, see below')
    .option('--junit <file>', 'write what became of the assertions there')
    .option('--demo', 'measure the samples that ship with Sandlot, in both kinds of sandbox')
    .option('--workloads', 'measure its six workloads, with a store to work on')
    .option('--quick', 'few samples: --runs 2 --cold 20 --warm 100 --no-modules')
    .addHelpText('after', HELP)
    .action(run)
}

const HELP = `
Examples:
  sandlot bench hello --isolation process,thread
  sandlot bench a.ts b.ts --until-ci 5% --html report.html
  sandlot bench src/api.ts --against main --assert 'ratio(warm.p50)<1.1'
  sandlot bench --demo --quick
  sandlot bench --workloads --runs 5

A variant is a function in one kind of sandbox, of one size, on one Node, of one build. In a block
every variant has one run, in an order shuffled by the seed; a run is a process with a controller of
its own. In it come cold starts, each with nine more calls of that sandbox; the last sandbox is then
called on until it is warm, and measured. The first cold start of a run does not count. What was cold
is what the sandbox's record says. Figures are milliseconds from invoke to answer. Intervals resample
runs, then samples; verdicts are against the first variant.
${ASSERT_HELP}`

async function run(targets: readonly string[], given: Record<string, unknown>): Promise<void> {
  const options = checkOptions(benchOptions, given)
  checkTogether(options)
  await untilSignal(async (signal) => {
    let against: OtherBuild | undefined
    let store: StandIn | undefined
    try {
      if (options.against !== undefined) against = await otherBuild(options.against)
      if (options.workloads) store = await startStandIn()
      await measure({ targets, options, against, storeUrl: store?.url, signal })
    } finally {
      against?.remove()
      await store?.close()
    }
  })
}

interface Asked {
  readonly targets: readonly string[]
  readonly options: BenchOptions
  readonly against: OtherBuild | undefined
  readonly storeUrl: string | undefined
  readonly signal: AbortSignal
}

async function measure({ signal, ...asked }: Asked): Promise<void> {
  const { options } = asked
  const assertions = parseAssertions(options.assert, 'bench')
  const seed = options.seed ?? randomInt(1_000_000)
  const plan = await planOf({ ...asked, seed })
  checkBenchFiles(options)
  checkJunit(options.junit)
  const progress = new Progress()
  const unit = plan.untilCi === null ? 'runs' : 'runs at most'
  const result = await bench(plan, {
    signal,
    hashesNode: options.json !== undefined,
    onProgress: ({ done, total }) => progress.show(done, total, unit),
    onRun: (run) => addSamples(options, run),
  }).finally(() => progress.end())
  const stream = options.json === '-' ? 'stderr' : 'stdout'
  print(result, stream, options)
  const files = writeBenchFiles(result, options)
  if (files.length > 0) {
    process[stream].write(`\n${files.map((line) => colours[stream].dim(line)).join('\n')}\n`)
  }
  const asserted = reportAssertions(checkAssertions(assertions, result), {
    junit: options.junit,
    stream,
  })
  process.exitCode ||= exitCodeFor(result) || asserted
}

function print(result: BenchResult, stream: 'stdout' | 'stderr', { demo }: BenchOptions): void {
  const paint = colours[stream]
  const report = benchReport(result, paint, { compares: !demo })
  process[stream].write(`${benchHeading(result, paint)}\n\n${report}\n`)
  if (!result.complete) warn('Interrupted: this is what was measured until then')
}

/** Failures are shown; they are the result only where a variant has no other. */
function exitCodeFor({ variants }: BenchResult): number {
  const dead = variants.find(
    ({ series, failures }) => series.cold.n === 0 && Object.keys(failures).length > 0,
  )
  if (dead === undefined) return EXIT.success
  return dead.failures['Sandbox.Timedout'] === undefined ? EXIT.functionError : EXIT.timeout
}
