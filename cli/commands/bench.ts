import { randomInt } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import type { Command } from 'commander'
import { z } from 'zod'
import { seededRandom } from '../../runtime/kernel/random.ts'
import { readEvent } from '../event.ts'
import { EXIT, UsageError } from '../exit-codes.ts'
import { readSamples } from '../manifest.ts'
import { planVisits } from '../measure/bench-plan.ts'
import { type Measured, nothingMeasured, runBench } from '../measure/bench-run.ts'
import { DEMO_COUNTS, DEMO_EVENTS, QUICK_COUNTS } from '../measure/demo.ts'
import { type Environment, environment } from '../measure/environment.ts'
import { type Measurand, variantsOf } from '../measure/variants.ts'
import {
  checkOptions,
  count,
  cpu,
  isolations,
  memorySizes,
  timeoutSeconds,
  whole,
} from '../options.ts'
import { benchJson } from '../report/bench-json.ts'
import { benchHeading, benchReport } from '../report/bench-table.ts'
import { colours } from '../report/colours.ts'
import { Progress } from '../report/progress.ts'
import { warn } from '../report/warn.ts'
import { runEmulator } from '../run-emulator.ts'
import { resolveTarget } from '../target.ts'

const MAX_SEED = 4_294_967_295

const optionsSchema = z.object({
  event: z.string().optional(),
  cold: count.optional(),
  warm: whole(0, 1_000_000).optional(),
  isolation: isolations.optional(),
  memory: memorySizes.optional(),
  timeout: timeoutSeconds.optional(),
  cpu: cpu.default('proportional'),
  seed: whole(0, MAX_SEED).optional(),
  json: z.string().optional(),
  demo: z.boolean().default(false),
  quick: z.boolean().default(false),
})

type BenchOptions = z.output<typeof optionsSchema>

const DEFAULT_COUNTS = { cold: 100, warm: 1_000 } as const

export function registerBench(program: Command): void {
  program
    .command('bench')
    .description('measure cold starts against warm invocations')
    .argument('[function|file...]', 'handler files, or functions of template.yaml')
    .option('-e, --event <json>', 'the event: JSON, @file, or - for standard input (default: {})')
    .option('--cold <count>', 'forced cold starts of each variant (default: 100)')
    .option('--warm <count>', 'warm invocations of each variant (default: 1000)')
    .option('--isolation <kinds>', 'process, thread, or both with a comma (default: process)')
    .option('--memory <MB>', "sizes with commas, 128 to 10240 (default: the template's, else 128)")
    .option('--cpu <share>', 'proportional to memory, or unlimited (default: proportional)')
    .option('--timeout <seconds>', "1 to 900 (default: the template's, else 3)")
    .option('--seed <number>', 'fixes the order of measuring (default: a new one, printed)')
    .option('--json <file>', 'write all samples there')
    .option('--demo', 'measure the samples that ship with Sandlot, in both kinds of sandbox')
    .option('--quick', 'few samples: --cold 20 --warm 100')
    .addHelpText(
      'after',
      `
Examples:
  sandlot bench hello --isolation process,thread
  sandlot bench a.ts b.ts --cold 200 --warm 5000 --seed 1 --json result.json
  sandlot bench --demo --quick

A variant is a function in one kind of sandbox, of one size. All variants take turns, in an order
shuffled by the seed: a cold start, then warm calls of the same sandbox. What was cold is what the
sandbox's record says. Figures are milliseconds from invoke to answer.`,
    )
    .action(bench)
}

async function bench(targets: readonly string[], given: Record<string, unknown>): Promise<void> {
  const options = checkOptions(optionsSchema, given)
  const measurands = options.demo ? demo(targets, options) : named(targets, options)
  const variants = variantsOf(measurands, {
    isolations: options.isolation ?? (options.demo ? ['process', 'thread'] : ['process']),
    memorySizesMb: options.memory,
  })
  if (options.json !== undefined) checkWritable(options.json)
  const seed = options.seed ?? randomInt(1_000_000)
  const visits = planVisits(variants, countsOf(options), seededRandom(seed))
  const measured = variants.map(nothingMeasured)
  const startedAt = new Date().toISOString()
  const progress = new Progress()
  let machine: Environment | undefined
  let complete = false
  await runEmulator({ cpu: options.cpu }, async (emulator) => {
    machine = environment(emulator.confinement)
    await runBench(emulator, measured, visits, ({ done, total }) =>
      progress.show(done, total, 'cold starts with their warm calls'),
    )
    complete = true
  }).finally(() => progress.end())
  if (machine === undefined) return
  console.log(`${benchHeading(machine, seed, colours.stdout)}\n`)
  console.log(benchReport(measured, colours.stdout))
  if (!complete) warn('Interrupted: this is what was measured until then')
  if (options.json !== undefined) {
    const record = benchJson({ seed, startedAt, complete, environment: machine, measured })
    writeFileSync(options.json, `${JSON.stringify(record)}\n`)
    console.log(colours.stdout.dim(`\nAll samples are in ${options.json}`))
  }
  process.exitCode ||= exitCodeFor(measured)
}

function named(targets: readonly string[], options: BenchOptions): Measurand[] {
  if (targets.length === 0) {
    throw new UsageError(
      'There is nothing to measure',
      'Name handler files or functions, or measure the samples with --demo.',
    )
  }
  const twice = targets.find((target, index) => targets.indexOf(target) !== index)
  if (twice !== undefined) throw new UsageError(`'${twice}' is named twice`)
  const payload = readEvent(options.event ?? '{}')
  return targets.map((target) => {
    const { input, warnings } = resolveTarget(target, { timeoutMs: timeoutMsOf(options) })
    for (const warning of warnings) warn(warning)
    return { target, input, payload }
  })
}

/** Every sample has an event of its own. */
function demo(targets: readonly string[], options: BenchOptions): Measurand[] {
  if (targets.length > 0 || options.event !== undefined) {
    throw new UsageError('--demo measures the samples with their own events: name no others')
  }
  const samples = readSamples()
  return Object.entries(DEMO_EVENTS).map(([target, payload]) => {
    const overrides = { timeoutMs: timeoutMsOf(options) }
    return { target, input: resolveTarget(target, overrides, () => samples).input, payload }
  })
}

const timeoutMsOf = ({ timeout }: BenchOptions): number | undefined =>
  timeout === undefined ? undefined : timeout * 1_000

function countsOf({ cold, warm, demo, quick }: BenchOptions) {
  const defaults = quick ? QUICK_COUNTS : demo ? DEMO_COUNTS : DEFAULT_COUNTS
  return { cold: cold ?? defaults.cold, warm: warm ?? defaults.warm }
}

/** Before measuring for minutes, not after. */
function checkWritable(path: string): void {
  try {
    writeFileSync(path, '', { flag: 'a' })
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    const reason = code === 'ENOENT' ? 'there is no such folder' : message
    throw new UsageError(`--json ${path} cannot be written: ${reason}`)
  }
}

/** Failures are shown; they are the result only where a variant has no other. */
function exitCodeFor(measured: readonly Measured[]): number {
  const dead = measured.find(({ cold, failures }) => cold.length === 0 && failures.size > 0)
  if (dead === undefined) return EXIT.success
  return dead.failures.has('Sandbox.Timedout') ? EXIT.timeout : EXIT.functionError
}
