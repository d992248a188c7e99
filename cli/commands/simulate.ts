import type { Command } from 'commander'
import { planOf } from '../measure/simulate/plan-of.ts'
import { simulate } from '../measure/simulate/simulate.ts'
import { checkTogether, simulateOptions } from '../measure/simulate/simulate-options.ts'
import { checkOptions } from '../options.ts'
import { colours } from '../report/colours.ts'
import { checkSimulateFiles, writeSimulateFiles } from '../report/simulate/simulate-files.ts'
import { simulateHeading } from '../report/simulate/simulate-heading.ts'
import { SimulateProgress } from '../report/simulate/simulate-progress.ts'
import { simulateReport } from '../report/simulate/simulate-report.ts'
import { warn } from '../report/warn.ts'
import { untilSignal } from '../until-signal.ts'

export function registerSimulate(program: Command): void {
  program
    .command('simulate')
    .description('cold starts, throttles and cost of a workload, in virtual time')
    .option('--rate <per second>', 'made-up functions: how many requests they get together')
    .option('--ramp <from..to>', 'the same: a rate that changes steadily, such as 10..500')
    .option('--steps <rates>', 'the same: rates with commas, each for an equal part of the time')
    .option('--trace <file>', 'the same: what was recorded, as load takes it')
    .option('--burst <count/time>', 'beside --rate so many at once, such as 100/5s')
    .option('--duration <time>', 'of these: 500ms, 30s, 5m (default: 10s; of a trace, its own)')
    .option('--arrivals <kind>', 'of these: constant gaps, or poisson (default: constant)')
    .option('--functions <count>', 'that share the requests (default: 1)')
    .option('--share <kind>', 'even, or zipf: few of them get most (default: even)')
    .option('--reserved <count>', 'reserved concurrency of each')
    .option('--provisioned <count>', 'provisioned concurrency of each (default: none)')
    .option('--workload <file>', 'functions and their requests, JSON, see below')
    .option('--azure2019 <file>', 'a day of the Azure Functions trace of 2019: its invocations')
    .option('--durations <file>', 'the same day: function durations (default: the profile)')
    .option('--app-memory <file>', 'the same day: memory of applications (default: 128 MB)')
    .option('--part-of-day', 'also a file that has not all minutes of a day')
    .option('--azure2021 <file>', 'the Azure Functions trace of 2021')
    .option('--first <count>', 'of an Azure trace only the first so many functions')
    .option('--sample <count>', 'of an Azure trace so many functions, drawn')
    .option('--memory <MB>', 'of functions, where the source tells none (default: 128)')
    .option('--timeout <seconds>', 'of functions (default: 3, of Azure traces 900)')
    .option(
      '--profile <file|aws:runtime>',
      'whose times: of bench --json, or published (default: aws:nodejs22.x)',
    )
    .option('--run-time <time>', 'how long a handler runs, instead of the profile')
    .option('--cold-start <time>', 'how long a start takes, instead of the profile')
    .option('--policy <policies>', 'keep-alive, several with commas (default: fixed:10m)')
    .option('--reuse <order>', 'most-recent or least-recent idle sandbox (default: most-recent)')
    .option('--account-concurrency <count>', 'invocations at once (default: 1000)')
    .option('--memory-budget <amount>', 'of all sandboxes, such as 16GB (default: none)')
    .option('--max-age <time>', 'sandboxes are replaced: 4h, or drawn from 2h..8h (default: never)')
    .option('--max-invocations <count>', 'or after so many (default: never)')
    .option('--rates <kind>', "lambda: its rates of requests and starts, or 'unlimited'")
    .option('--seed <number>', 'fixes what is random (default: a new one, printed)')
    .option('--region <name>', 'whose prices (default: us-east-1)')
    .option('--json <file>', 'write all figures there; - for standard output')
    .option('--csv <file>', 'write the courses over time there')
    .option('--html <file>', 'write a report with plots there, one file')
    .addHelpText('after', HELP)
    .action(run)
}

const HELP = `
Examples:
  sandlot simulate --rate 200 --duration 10m --arrivals poisson --run-time 80ms --reserved 20
  sandlot simulate --workload functions.json --policy fixed:10m,greedy-dual --memory-budget 16GB
  sandlot simulate --azure2019 invocations.csv --durations durations.csv --policy fixed:10m,hybrid
  sandlot bench hello --json hello.json && sandlot simulate --rate 50 --profile hello.json

Policies: fixed:10m keeps each idle sandbox ten minutes, drawn:5m..20m a time drawn anew each time;
hybrid goes by each function's idle times ("Serverless in the Wild"), greedy-dual keeps all until
--memory-budget is short ("FaasCache"), none keeps nothing. All see the same requests.

A workload file names functions with their own requests:
  { "durationSeconds": 600, "functions": [
    { "name": "api", "memoryMb": 512, "reserved": 20, "runMs": { "p50": 12, "p90": 30, "p99": 90 },
      "arrivals": { "kind": "poisson", "perSecond": 40 } } ] }
Arrivals are constant, poisson, ramp, steps, burst, instants or counts.`

async function run(given: Record<string, unknown>): Promise<void> {
  const options = checkOptions(simulateOptions, given)
  checkTogether(options)
  const plan = planOf(options)
  checkSimulateFiles(options)
  await untilSignal(async (signal) => {
    const progress = new SimulateProgress()
    const result = await simulate(plan, {
      signal,
      onAdvance: (advance) => progress.show(advance),
    }).finally(() => progress.end())
    const stream = options.json === '-' ? 'stderr' : 'stdout'
    const paint = colours[stream]
    process[stream].write(`${simulateHeading(result, paint)}\n\n${simulateReport(result, paint)}\n`)
    const files = writeSimulateFiles(result, options).map((line) => paint.dim(line))
    if (files.length > 0) process[stream].write(`\n${files.join('\n')}\n`)
    if (!result.complete) warn('Interrupted: this is what was simulated until then')
  })
}
