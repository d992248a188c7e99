import type { Command } from 'commander'
import { z } from 'zod'
import type { InvokeResult } from '../../runtime/invoke/invocation.ts'
import { readEvent } from '../event.ts'
import { EXIT } from '../exit-codes.ts'
import {
  checkOptions,
  collect,
  count,
  cpu,
  isolation,
  memoryMb,
  network,
  timeoutSeconds,
  variables,
} from '../options.ts'
import { announceLimits } from '../report/announce-limits.ts'
import { invocationJson } from '../report/invocation-json.ts'
import { printInvocation } from '../report/invocation-text.ts'
import { warn } from '../report/warn.ts'
import { runEmulator } from '../run-emulator.ts'
import { resolveTarget } from '../target.ts'

const optionsSchema = z.object({
  event: z.string().default('{}'),
  n: count.default(1),
  cold: z.boolean().default(false),
  timeout: timeoutSeconds.optional(),
  memory: memoryMb.optional(),
  env: variables.optional(),
  isolation: isolation.optional(),
  cpu: cpu.default('proportional'),
  network: network.optional(),
  json: z.boolean().default(false),
})

export function registerInvoke(program: Command): void {
  program
    .command('invoke')
    .description('run a function in a sandbox and tell all that was measured')
    .argument('<function|file>', 'a handler file, path/file.export, or a function of template.yaml')
    .option('-e, --event <json>', 'the event: JSON, @file, or - for standard input (default: {})')
    .option('-n <count>', 'invoke this many times, one after the other (default: 1)')
    .option('--cold', 'make every invocation a cold start')
    .option('--timeout <seconds>', "1 to 900 (default: the template's, else 3)")
    .option('--memory <MB>', "128 to 10240 (default: the template's, else 128)")
    .option('--env <NAME=value>', 'an environment variable; repeat for more', collect)
    .option('--isolation <kind>', 'process or thread (default: process)')
    .option('--cpu <share>', 'proportional to memory, or unlimited (default: proportional)')
    .option('--network <kind>', 'host, or none: loopback only (default: host)')
    .option('--json', 'print one JSON object for each invocation instead of text')
    .addHelpText(
      'after',
      `
Examples:
  sandlot invoke handlers/hello.ts -e '{"name":"x"}'
  sandlot invoke src/api.get -e @event.json --memory 512
  echo '{}' | sandlot invoke hello -e - -n 3 --json | jq .coldStart

The function's result goes to standard output; its log and what was measured to standard error.
With --json all goes to standard output: one object, or with -n one object a line.
Exit codes: 0 success, 3 function error, 4 timeout, 5 throttled, 2 bad input; of several
invocations, the first that failed decides.`,
    )
    .action(invoke)
}

async function invoke(named: string, given: Record<string, unknown>): Promise<void> {
  const options = checkOptions(optionsSchema, given)
  const target = resolveTarget(named, {
    timeoutMs: options.timeout === undefined ? undefined : options.timeout * 1_000,
    memorySizeMb: options.memory,
    environment: options.env,
    isolation: options.isolation,
    network: options.network,
  })
  const payload = readEvent(options.event)
  for (const warning of target.warnings) warn(warning)
  // One after the other: Lambda's rates are not what this is about.
  await runEmulator({ cpu: options.cpu, rates: 'unlimited' }, async (emulator) => {
    const { config } = await emulator.deploy(target.input)
    announceLimits(emulator)
    const functionName = config.name
    for (let time = 1; time <= options.n; time += 1) {
      // What is made ahead of a cold start is made before its time begins.
      if (time === 1 || options.cold) await emulator.prepared(functionName)
      const result = await emulator.invoke({ functionName, payload, forceCold: options.cold })
      show(result, options)
      process.exitCode ||= exitCodeFor(result)
      // It would only hold memory: the next one is to be cold.
      if (options.cold) await emulator.evict(functionName)
    }
  })
}

function show(result: InvokeResult, { json, n }: { json: boolean; n: number }): void {
  if (!json) return printInvocation(result)
  console.log(JSON.stringify(invocationJson(result), null, n === 1 ? 2 : 0))
}

function exitCodeFor({ outcome }: InvokeResult): number {
  if (outcome === 'success') return EXIT.success
  return outcome === 'timeout' ? EXIT.timeout : EXIT.functionError
}
