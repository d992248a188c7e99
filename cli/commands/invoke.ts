import { readFileSync } from 'node:fs'
import type { Command } from 'commander'
import { z } from 'zod'
import type { InvokeResult } from '../../runtime/invoke/invocation.ts'
import { EXIT, UsageError } from '../exit-codes.ts'
import { checkOptions, count, isolation, memoryMb, timeoutSeconds, variables } from '../options.ts'
import { invocationJson } from '../report/invocation-json.ts'
import { printInvocation } from '../report/invocation-text.ts'
import { resolveTarget } from '../target.ts'

const optionsSchema = z.object({
  event: z.string().default('{}'),
  cold: z.boolean().default(false),
  times: count.default(1),
  timeout: timeoutSeconds.optional(),
  memory: memoryMb.optional(),
  env: variables.optional(),
  isolation: isolation.optional(),
  json: z.boolean().default(false),
})

export function registerInvoke(program: Command): void {
  program
    .command('invoke')
    .description('run a function in a sandbox of its own')
    .argument('<function|file>', 'a handler file, path/file.export, or a function of template.yaml')
    .option('-e, --event <json>', 'the event: JSON, @file, or - for standard input (default: {})')
    .option('-n, --times <count>', 'invoke this many times, one after the other (default: 1)')
    .option('--cold', 'make every invocation a cold start')
    .option('--timeout <seconds>', '1 to 900 (default: 3)')
    .option('--memory <MB>', '128 to 10240 (default: 128)')
    .option('--env <NAME=value>', 'an environment variable; repeat for more', collect)
    .option('--isolation <kind>', 'process or thread (default: process)')
    .option('--json', 'print one JSON object per invocation instead of text')
    .addHelpText(
      'after',
      `
Examples:
  sandlot invoke handlers/hello.ts -e '{"name":"x"}'
  sandlot invoke src/api.get -e @event.json --memory 512
  echo '{}' | sandlot invoke hello -e - -n 3 --json

The function's result goes to standard output, its log to standard error.
With --json and -n the objects come one a line.
Exit codes: 0 success, 3 function error, 4 timeout, 5 throttled, 2 bad input`,
    )
    .action((target: string, given: Record<string, unknown>) => invoke(target, given))
}

const collect = (value: string, before: string[] = []): string[] => [...before, value]

async function invoke(target: string, given: Record<string, unknown>): Promise<void> {
  const options = checkOptions(optionsSchema, given)
  const payload = readEvent(options.event)
  const input = resolveTarget(target, {
    timeoutMs: options.timeout === undefined ? undefined : options.timeout * 1_000,
    memorySizeMb: options.memory,
    environment: options.env,
    isolation: options.isolation,
  })
  // Loaded only now: bad input is refused without waiting for it.
  const { createEmulator } = await import('../../runtime/emulator.ts')
  const emulator = await createEmulator()
  const closeOnSignal = (): void => {
    void emulator.close().then(() => process.exit(130))
  }
  process.once('SIGINT', closeOnSignal)
  process.once('SIGTERM', closeOnSignal)
  try {
    await emulator.deploy(input)
    for (let time = 1; time <= options.times; time += 1) {
      const { name } = input
      const result = await emulator.invoke({ functionName: name, payload, forceCold: options.cold })
      show(result, options)
      process.exitCode ||= exitCodeFor(result)
    }
  } finally {
    await emulator.close()
  }
}

function show(result: InvokeResult, { json, times }: { json: boolean; times: number }): void {
  if (!json) return printInvocation(result)
  console.log(JSON.stringify(invocationJson(result), null, times === 1 ? 2 : 0))
}

function exitCodeFor({ outcome }: InvokeResult): number {
  if (outcome === 'success') return EXIT.success
  return outcome === 'timeout' ? EXIT.timeout : EXIT.functionError
}

/** @throws UsageError when the file is not there or the text is not JSON. */
export function readEvent(event: string): string {
  const text = readText(event)
  try {
    JSON.parse(text)
  } catch (error) {
    const source =
      event === '-' ? ' from standard input' : event.startsWith('@') ? ` in ${event.slice(1)}` : ''
    throw new UsageError(`--event${source} is not JSON: ${(error as Error).message}`)
  }
  return text
}

function readText(event: string): string {
  if (event !== '-' && !event.startsWith('@')) return event
  const path = event === '-' ? 0 : event.slice(1)
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw new UsageError(`--event ${event} cannot be read: ${(error as Error).message}`)
  }
}
