import { randomInt } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import type { Command } from 'commander'
import pc from 'picocolors'
import { z } from 'zod'
import { seededRandom } from '../../runtime/kernel/random.ts'
import { UsageError } from '../exit-codes.ts'
import { planVisits, type Variant, WARM_UP_CALLS } from '../measure/bench-plan.ts'
import { runBench } from '../measure/bench-run.ts'
import { type Environment, environment } from '../measure/environment.ts'
import { checkOptions, count, isolations, memoryMb, timeoutSeconds, whole } from '../options.ts'
import { benchJson } from '../report/bench-json.ts'
import { benchReport } from '../report/bench-table.ts'
import { Progress } from '../report/progress.ts'
import { resolveTarget } from '../target.ts'
import { readEvent } from './invoke.ts'

const optionsSchema = z.object({
  event: z.string().default('{}'),
  cold: count.default(20),
  warm: whole(0, 1_000_000).default(1_000),
  isolation: isolations.default(['process']),
  timeout: timeoutSeconds.optional(),
  memory: memoryMb.optional(),
  seed: whole(0, 4_294_967_295).optional(),
  json: z.string().optional(),
})

type BenchOptions = z.output<typeof optionsSchema>

export function registerBench(program: Command): void {
  program
    .command('bench')
    .description('measure cold starts against warm invocations')
    .argument('<function|file...>', 'handler files, or functions of template.yaml')
    .option('-e, --event <json>', 'the event: JSON, @file, or - for standard input (default: {})')
    .option('--cold <count>', 'forced cold starts of each function (default: 20)')
    .option('--warm <count>', 'warm invocations of each function (default: 1000)')
    .option('--isolation <kinds>', 'process, thread, or both with a comma (default: process)')
    .option('--memory <MB>', '128 to 10240 (default: 128)')
    .option('--timeout <seconds>', '1 to 900 (default: 3)')
    .option('--seed <number>', 'order of measuring; printed, so that a run can be repeated')
    .option('--json <file>', 'also write all samples to a file')
    .addHelpText(
      'after',
      `
Examples:
  sandlot bench hello
  sandlot bench handlers/hello.ts handlers/process.ts --isolation process,thread
  sandlot bench api --cold 100 --warm 10000 --json bench.json

Cold starts and warm invocations of all functions are interleaved in random order. After each
cold start ${WARM_UP_CALLS} calls are not counted; then the warm ones are measured in that sandbox.`,
    )
    .action((targets: string[], given: Record<string, unknown>) => bench(targets, given))
}

async function bench(targets: readonly string[], given: Record<string, unknown>): Promise<void> {
  const options = checkOptions(optionsSchema, given)
  const payload = readEvent(options.event)
  const seed = options.seed ?? randomInt(1_000_000)
  const variants = variantsOf(targets, options)
  if (options.json !== undefined) checkWritable(options.json)
  const visits = planVisits(variants, options, seededRandom(seed))
  const { createEmulator } = await import('../../runtime/emulator.ts')
  const emulator = await createEmulator()
  const closeOnSignal = (): void => {
    void emulator.close().then(() => process.exit(130))
  }
  process.once('SIGINT', closeOnSignal)
  process.once('SIGTERM', closeOnSignal)
  const startedAt = new Date().toISOString()
  const machine = environment()
  const progress = new Progress()
  try {
    const measured = await runBench(emulator, variants, visits, payload, ({ done, total }) =>
      progress.show(done, total, 'cold starts'),
    )
    progress.end()
    console.log(`${heading(machine, seed)}\n\n${benchReport(measured)}`)
    if (options.json !== undefined) {
      const record = benchJson({ seed, startedAt, environment: machine, measured })
      writeFileSync(options.json, JSON.stringify(record))
      console.log(pc.dim(`\nAll samples are in ${options.json}`))
    }
  } finally {
    await emulator.close()
  }
}

function variantsOf(targets: readonly string[], options: BenchOptions): Variant[] {
  const twice = targets.find((target, index) => targets.indexOf(target) !== index)
  if (twice !== undefined) throw new UsageError(`'${twice}' is named twice`)
  return targets.flatMap((target, index) =>
    options.isolation.map((isolation) => {
      const { logicalId: _, ...input } = resolveTarget(target, {
        isolation,
        memorySizeMb: options.memory,
        timeoutMs: options.timeout === undefined ? undefined : options.timeout * 1_000,
      })
      // Two files of one name, or one function in two kinds of sandbox, are different functions.
      const name = `${input.name.slice(0, 48)}-${isolation}-${index + 1}`
      return { target, isolation, input: { ...input, name } }
    }),
  )
}

/** Before measuring for minutes, not after. */
function checkWritable(path: string): void {
  try {
    writeFileSync(path, '', { flag: 'a' })
  } catch (error) {
    throw new UsageError(`--json ${path} cannot be written: ${(error as Error).message}`)
  }
}

function heading(machine: Environment, seed: number): string {
  const { cpu, cpuCount, system, node, load } = machine
  const lines = [
    `${cpuCount} × ${cpu}, ${system}, Node ${node}, load ${load.toFixed(2)}, seed ${seed}`,
  ]
  if (load > cpuCount / 2) {
    lines.push(pc.red(`The machine was busy (load ${load.toFixed(2)}): expect noise.`))
  }
  return lines.map((line) => pc.dim(line)).join('\n')
}
