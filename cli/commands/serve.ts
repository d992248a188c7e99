import { randomUUID } from 'node:crypto'
import type { Command } from 'commander'
import { z } from 'zod'
import type { Emulator } from '../../runtime/emulator.ts'
import { type Manifest, readManifest } from '../manifest.ts'
import { checkOptions, count, cpu, isolation, port, whole } from '../options.ts'
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
  idleTimeout: whole(1, 86_400, 'seconds').default(600),
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
    .option('--idle-timeout <seconds>', 'an idle sandbox is evicted after this (default: 600)')
    .option('--json', 'log as JSON lines')
    .addHelpText(
      'after',
      `
Examples:
  sandlot serve
  sandlot serve app/template.yaml --port 5001
  curl -d '{"name":"x"}' localhost:5000/lambda/hello
  aws lambda invoke --endpoint-url http://localhost:5000 --function-name hello out.json

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
  const stop = stopSignal()
  // Loaded only now: bad input is refused without waiting for it.
  const { createEmulator } = await import('../../runtime/emulator.ts')
  const { startApiServer } = await import('../../runtime/api/http-server.ts')
  const emulator = await createEmulator({
    accountConcurrency: options.concurrency,
    cpu: options.cpu,
    idleTimeoutMs: options.idleTimeout * 1_000,
  })
  try {
    await deployAll(emulator, manifest, options)
    announceLimits(emulator)
    const log = openServerLog(emulator.functions(), options)
    emulator.onEvent(log.onEvent)
    const { port } = options
    const identity = { version: packageVersion(), newRequestId: randomUUID }
    const server = await startApiServer({ emulator, port, ...identity, onAnswer: log.onAnswer })
    if (options.json) log.started(server.url, emulator, manifest.warnings)
    else showStart(server.url, emulator, manifest)
    log.closing(await stop.came)
    await closeInOrder(server, emulator)
  } finally {
    await emulator.close()
    stop.forget()
  }
}

async function deployAll(
  emulator: Emulator,
  { functions }: Manifest,
  { isolation: kind }: ServeOptions,
): Promise<void> {
  for (const input of functions) {
    await emulator.deploy(kind === undefined ? input : { ...input, isolation: kind })
  }
}

function showStart(url: string, emulator: Emulator, manifest: Manifest): void {
  for (const warning of manifest.warnings) warn(warning)
  console.log(startScreen(url, emulator, manifest, colours.stdout))
}
