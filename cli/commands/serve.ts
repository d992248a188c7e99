import { randomUUID } from 'node:crypto'
import type { Command } from 'commander'
import { z } from 'zod'
import type { Emulator } from '../../runtime/emulator.ts'
import type { EmulatorOptions } from '../../runtime/emulator-options.ts'
import type { ProvisionedConcurrency } from '../../runtime/functions/concurrency-settings.ts'
import { readAlarms, watchAlarms } from '../alarms/alarms.ts'
import { type Manifest, readManifest } from '../manifest.ts'
import { ages, memoryAmount } from '../measure/simulate/simulate-values.ts'
import {
  checkOptions,
  collect,
  count,
  cpu,
  isolation,
  keepAlive,
  port,
  rates,
  reuse,
  seed,
} from '../options.ts'
import { packageVersion } from '../package-version.ts'
import { announceLimits } from '../report/announce-limits.ts'
import { colours } from '../report/colours.ts'
import { openServerLog } from '../report/server-log.ts'
import { startScreen } from '../report/start-screen.ts'
import { warn } from '../report/warn.ts'
import { closeInOrder } from '../serve-end.ts'
import { stopSignal } from '../stop-signal.ts'

const optionsSchema = z.object({
  port: port.default(5_000),
  isolation: isolation.optional(),
  cpu: cpu.default('proportional'),
  concurrency: count.default(1_000),
  keepAlive: keepAlive.optional(),
  reuse: reuse.optional(),
  maxAge: ages.optional(),
  maxInvocations: count.optional(),
  memoryBudget: memoryAmount.optional(),
  rates: rates.optional(),
  seed: seed.optional(),
  alarm: z.array(z.string()).default([]),
  onAlarm: z.array(z.string()).default([]),
  json: z.boolean().default(false),
})

type ServeOptions = z.output<typeof optionsSchema>

export function registerServe(program: Command): void {
  program
    .command('serve')
    .description('serve functions over HTTP: AWS Invoke and a quick form for curl')
    .argument('[manifest]', 'a SAM template (default: template.yaml, else handlers/template.yaml)')
    .option('--port <number>', 'port on 127.0.0.1; 0 takes a free one (default: 5000)')
    .option('--isolation <kind>', 'process or thread, for all functions')
    .option('--cpu <share>', 'proportional to memory, or unlimited (default: proportional)')
    .option('--concurrency <count>', 'invocations at once, over all functions (default: 1000)')
    .option('--keep-alive <policy>', 'how long idle sandboxes are kept (default: fixed:10m)')
    .option('--reuse <order>', 'most-recent or least-recent idle sandbox (default: most-recent)')
    .option('--max-age <time>', 'sandboxes are replaced: 4h, or drawn from 2h..8h (the default)')
    .option('--max-invocations <count>', 'or after so many (default: never)')
    .option('--memory-budget <amount>', 'of all sandboxes, such as 4GB (default: 75 % of all)')
    .option('--rates <kind>', "lambda: its rates of requests and starts, or 'unlimited'")
    .option('--seed <number>', 'fixes what the policies leave to chance')
    .option('--alarm <rule>', "a threshold: 'Throttles>0 for 1m'; may be repeated", collect)
    .option(
      '--on-alarm <what>',
      'print, http://…, function:NAME; repeatable (default: print)',
      collect,
    )
    .option('--json', 'log as JSON lines')
    .addHelpText(
      'after',
      `
Examples:
  sandlot serve
  sandlot serve app/template.yaml --port 5001
  sandlot serve --alarm 'Throttles>0 for 1m' --on-alarm http://localhost:9000/hook
  curl -d '{"name":"x"}' localhost:5000/lambda/hello
  aws lambda invoke --endpoint-url http://localhost:5000 --function-name hello out.json

Idle sandboxes are kept for fixed:TIME or drawn:TIME..TIME, as hybrid or greedy-dual say, or not: none.
An alarm is '[function:]Metric[.statistic] > >= < or <= number for <minutes>m', with CloudWatch's metrics,
statistics and states; it is looked at when a minute ends, and at once where a sum or maximum is over.
With --on-alarm its changes are posted, or invoke a function, in the form of CloudWatch's event.
A name may be hello:live, a version or an alias. The header 'X-Sandlot-Force-Cold: true' asks for a cold start.
POST /lambda/<name> answers the handler's object with requestId and executionTime added, in place of
its own fields of these names; a result that is not an object is under 'result'.
Ctrl-C (or SIGTERM) ends it in order: running invocations have 5 seconds to finish. Exit codes: 0
ended in order, 2 bad input; a second signal ends it at once, with 130 (SIGTERM: 143).`,
    )
    .action(serve)
}

async function serve(named: string | undefined, given: Record<string, unknown>): Promise<void> {
  const options = checkOptions(optionsSchema, given)
  const manifest = readManifest(named)
  const alarms = readAlarms(options.alarm, options.onAlarm, manifest.functions)
  const stop = stopSignal()
  // Loaded only now: bad input is refused without waiting for it.
  const { createEmulator } = await import('../../runtime/emulator.ts')
  const { startApiServer } = await import('../../runtime/api/http-server.ts')
  const { collectMetrics } = await import('../../runtime/telemetry/metrics/collect-metrics.ts')
  const emulator = await createEmulator(emulatorOptions(options))
  const metrics = collectMetrics({
    onEvent: emulator.onEvent,
    wallMs: Date.now,
    onProblem: ({ functionName, reason }) => warn(`embedded metric of ${functionName}: ${reason}`),
  })
  try {
    await deployAll(emulator, manifest, options)
    announceLimits(emulator)
    const log = openServerLog(emulator.functions(), options)
    emulator.onEvent(log.onEvent)
    const settled = settledOf(emulator)
    const { port } = options
    const identity = { version: packageVersion(), newRequestId: randomUUID }
    const { onAnswer } = log
    const server = await startApiServer({ emulator, metrics, port, ...identity, onAnswer })
    const watch = watchAlarms(alarms, { emulator, metrics, json: options.json })
    if (options.json) log.started(server.url, emulator, manifest.warnings)
    else showStart(server.url, emulator, manifest)
    for (const each of settled) log.provisioned(each)
    log.closing(await stop.came)
    watch.stop()
    await closeInOrder(server, emulator)
  } finally {
    await emulator.close()
    stop.forget()
  }
}

const emulatorOptions = (options: ServeOptions): EmulatorOptions => ({
  accountConcurrency: options.concurrency,
  cpu: options.cpu,
  ...(options.keepAlive !== undefined && { keepAlive: options.keepAlive }),
  ...(options.reuse !== undefined && { reuse: options.reuse }),
  recycling: {
    ...(options.maxAge !== undefined && { ageMs: [options.maxAge.least, options.maxAge.most] }),
    ...(options.maxInvocations !== undefined && { afterInvocations: options.maxInvocations }),
  },
  ...(options.memoryBudget !== undefined && { memoryBudgetMb: Math.floor(options.memoryBudget) }),
  ...(options.rates !== undefined && { rates: options.rates }),
  ...(options.seed !== undefined && { seed: options.seed }),
})

async function deployAll(
  emulator: Emulator,
  { functions, places }: Manifest,
  { isolation: kind }: ServeOptions,
): Promise<void> {
  for (const input of functions) {
    const where = places[input.logicalId ?? input.name]
    await emulator.deploy(kind === undefined ? input : { ...input, isolation: kind }, where)
  }
}

/** What was provisioned, or could not be, before anybody heard of it. */
const settledOf = (emulator: Emulator): ProvisionedConcurrency[] =>
  emulator
    .functions()
    .flatMap(({ config }) => emulator.provisionedConcurrencies(config.name))
    .filter(({ status }) => status !== 'IN_PROGRESS')

function showStart(url: string, emulator: Emulator, manifest: Manifest): void {
  for (const warning of manifest.warnings) warn(warning)
  console.log(startScreen(url, emulator, manifest, colours.stdout))
}
