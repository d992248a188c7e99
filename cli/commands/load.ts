import { randomInt } from 'node:crypto'
import type { Command } from 'commander'
import { EXIT } from '../exit-codes.ts'
import { ASSERT_HELP } from '../measure/assertions/assert-help.ts'
import { checkAssertions } from '../measure/assertions/check-assertions.ts'
import { parseAssertions } from '../measure/assertions/parse-assertion.ts'
import { checkRegion } from '../measure/load/check-region.ts'
import { load } from '../measure/load/load.ts'
import { checkTogether, type LoadOptions, loadOptions } from '../measure/load/load-options.ts'
import type { LoadPlan } from '../measure/load/load-plan.ts'
import { checkReachable } from '../measure/load/reachable.ts'
import { targetOf } from '../measure/load/target-of.ts'
import { workloadOf } from '../measure/load/workload-of.ts'
import type { LoadResult } from '../measure/results/load-result.ts'
import { checkOptions, collect } from '../options.ts'
import { announceLimits } from '../report/announce-limits.ts'
import { checkJunit, reportAssertions } from '../report/assertions/assertion-report.ts'
import { colours } from '../report/colours.ts'
import { LiveView } from '../report/load/live-view.ts'
import { checkLoadFiles, writeLoadFiles } from '../report/load/load-files.ts'
import { loadHeading } from '../report/load/load-heading.ts'
import { loadReport } from '../report/load/load-report.ts'
import { TraceEvents } from '../report/load/trace-events.ts'
import { warn } from '../report/warn.ts'
import { untilSignal } from '../until-signal.ts'

export function registerLoad(program: Command): void {
  program
    .command('load')
    .description('send requests at a planned rate and tell what became of them')
    .argument('<function|file|url>', 'a handler file, a function of template.yaml, or http://…')
    .option('--rate <per second>', 'how many requests (default: 10)')
    .option('--duration <time>', '500ms, 30s, 5m (default: 10s; of a trace, its own)')
    .option('--arrivals <kind>', 'constant gaps, or poisson: random ones (default: constant)')
    .option('--ramp <from..to>', 'a rate that changes steadily, such as 10..500')
    .option('--steps <rates>', 'rates with commas, each for an equal part of the time')
    .option('--burst <count/time>', 'beside --rate so many at once, such as 100/5s')
    .option('--trace <file>', 'what was recorded: CSV or JSON, see below')
    .option('--concurrency <count>', 'a closed loop: so many callers, each waits for its answer')
    .option('--seed <number>', 'fixes what is random (default: a new one, printed)')
    .option('--max-in-flight <count>', 'requests beyond it are dropped (default: 10000)')
    .option('--allow-drops', 'and that does not make the result invalid')
    .option('-e, --event <json>', 'the event: JSON, @file, or - for standard input (default: {})')
    .option(
      '--timeout <seconds>',
      'of the function; elsewhere, of an answer (default: 900, URLs 60)',
    )
    .option('--memory <MB>', "128 to 10240 (default: the template's, else 128)")
    .option('--isolation <kind>', 'process or thread (default: process)')
    .option('--cpu <share>', 'proportional to memory, or unlimited (default: proportional)')
    .option('--reserved <count>', 'reserved concurrency of the function')
    .option('--account-concurrency <count>', 'invocations at once (default: 1000)')
    .option('--rates <kind>', "lambda: its rates of requests and starts, or 'unlimited'")
    .option('--keep-alive <policy>', 'how long idle sandboxes are kept (default: fixed:10m)')
    .option('--endpoint <server>', "the function is there: http://127.0.0.1:5000, or 'aws'")
    .option('--region <name>', 'of AWS, and of its prices (default: us-east-1)')
    .option('-X, --method <name>', 'of a URL (default: GET, with an event POST)')
    .option('-H, --header <line>', "of a URL, 'Name: value'; may be given again", collect)
    .option('--json <file>', 'write all figures there; - for standard output')
    .option('--csv <file>', 'write a row for every second there')
    .option('--html <file>', 'write a report with plots there, one file')
    .option('--trace-events <file>', 'write the life of every sandbox there, for ui.perfetto.dev')
    .option('--assert <conditions...>', 'what must hold of the figures, see below')
    .option('--junit <file>', 'write what became of the assertions there')
    .option('--no-live', 'do not show how it goes')
    .addHelpText('after', HELP)
    .action(run)
}

const HELP = `
Examples:
  sandlot load hello --rate 200 --duration 30s --arrivals poisson --reserved 10
  sandlot load src/api.ts --ramp 10..500 --duration 2m --html report.html
  sandlot load hello --endpoint aws --region eu-west-1 --rate 50 --duration 1m
  sandlot load http://127.0.0.1:8080/ --rate 500 --assert 'answered.p99<50ms' --assert valid==true

Requests come when they are planned, whatever became of the earlier ones. Response times count from
the planned instant, so nobody's waiting is hidden; service times from the send. The requests come
from a process of their own; when it did not keep to its plan, the result is INVALID: exit code 1.
Credentials of AWS are read from AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN.

A trace is CSV with one number a line, or JSON with a list. Numbers are instants, milliseconds from
the start; below a first line 'per_second' or 'per_minute', or under such a key, they are counts.
${ASSERT_HELP}`

async function run(named: string, given: Record<string, unknown>): Promise<void> {
  const options = checkOptions(loadOptions, given)
  checkTogether(options)
  const assertions = parseAssertions(options.assert, 'load')
  const plan = await planOf(named, options)
  checkLoadFiles(options)
  checkJunit(options.junit)
  await untilSignal(async (signal) => {
    const pool = new TraceEvents()
    const result = await measure(plan, options, pool, signal)
    const stream = options.json === '-' ? 'stderr' : 'stdout'
    print(result, stream)
    const files = writeLoadFiles(result, options, pool)
    if (files.length > 0) {
      process[stream].write(`\n${files.map((line) => colours[stream].dim(line)).join('\n')}\n`)
    }
    const outcomes = checkAssertions(assertions, result)
    const asserted = reportAssertions(outcomes, { junit: options.junit, stream })
    process.exitCode ||= asserted || exitCodeFor(result)
  })
}

async function planOf(named: string, options: LoadOptions): Promise<LoadPlan> {
  const { seed = randomInt(1_000_000), maxInFlight, allowDrops, region } = options
  const { target, warnings } = targetOf(named, options, process.env)
  const workload = workloadOf(options)
  checkRegion(target, options)
  if (target.kind !== 'function') await checkReachable(target.request.origin)
  for (const warning of warnings) warn(warning)
  return { target, workload, seed, maxInFlight, allowDrops, region }
}

async function measure(
  plan: LoadPlan,
  options: LoadOptions,
  pool: TraceEvents,
  signal: AbortSignal,
): Promise<LoadResult> {
  let view: LiveView | undefined
  signal.addEventListener('abort', () => view?.stopping())
  try {
    return await load(plan, {
      signal,
      onEmulator: (emulator) => {
        announceLimits(emulator)
        if (options.traceEvents !== undefined) emulator.onEvent((event) => pool.hear(event))
      },
      onBegin: (workload) => {
        if (options.live) view = new LiveView(plan.target.label, workload)
      },
      onSecond: (row) => view?.second(row),
    })
  } finally {
    view?.end()
  }
}

function print(result: LoadResult, stream: 'stdout' | 'stderr'): void {
  const paint = colours[stream]
  process[stream].write(`${loadHeading(result, paint)}\n\n${loadReport(result, paint)}\n`)
  if (!result.complete) warn('Interrupted: this is what was measured until then')
}

/** Failures and throttles are what a load test is about: they are no failure of it. */
const exitCodeFor = ({ validity }: LoadResult): number =>
  validity.valid ? EXIT.success : EXIT.failure
