import type { Command } from 'commander'
import pc from 'picocolors'
import { pino } from 'pino'
import { z } from 'zod'
import type { Emulator } from '../../runtime/emulator.ts'
import type { FunctionVersion } from '../../runtime/functions/function-version.ts'
import { type Manifest, readManifest } from '../manifest.ts'
import { checkOptions, count, isolation, port, whole } from '../options.ts'
import { packageVersion } from '../package-version.ts'
import { logLineStream } from '../report/log-line-stream.ts'
import { plainTable } from '../report/plain-table.ts'

const optionsSchema = z.object({
  port: port.default(5_000),
  isolation: isolation.optional(),
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
  aws lambda invoke --endpoint-url http://localhost:5000 --function-name hello out.json`,
    )
    .action((manifest: string | undefined, given: Record<string, unknown>) =>
      serve(manifest, given),
    )
}

async function serve(named: string | undefined, given: Record<string, unknown>): Promise<void> {
  const options = checkOptions(optionsSchema, given)
  const manifest = readManifest(named)
  const { createEmulator } = await import('../../runtime/emulator.ts')
  const { startApiServer } = await import('../../runtime/api/http-server.ts')
  const emulator = await createEmulator({
    accountConcurrency: options.concurrency,
    idleTimeoutMs: options.idleTimeout * 1_000,
  })
  const logger = pino({ base: null }, options.json ? pino.destination(1) : logLineStream())
  try {
    await deployAll(emulator, manifest, options)
    const server = await startApiServer({
      emulator,
      port: options.port,
      version: packageVersion(),
      onRequest: ({ method, path, status }) => logger.info({ status }, `${method} ${path}`),
      onFailure: (error) => logger.error(error),
    })
    if (options.json) {
      logger.info({ url: server.url, functions: emulator.functions().length }, 'serving')
      for (const warning of manifest.warnings) logger.warn(warning)
    } else {
      console.log(startScreen(server.url, emulator, manifest))
    }
    await untilSignal()
    await server.close()
  } finally {
    await emulator.close()
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

/** The second signal ends the process at once; what it leaves is killed and reaped. */
function untilSignal(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.once(signal, () => {
        process.once(signal, () => process.exit(130))
        resolve()
      })
    }
  })
}

function startScreen(url: string, emulator: Emulator, manifest: Manifest): string {
  const functions = emulator.functions()
  const source = manifest.isSamples
    ? 'No template.yaml here: serving the samples that ship with Sandlot'
    : `Functions of ${manifest.label}`
  const { concurrency, cappedBecause } = emulator.accountLimit
  const first = functions[0]?.config
  return [
    '',
    `${pc.bold(pc.green('Sandlot'))} serves on ${pc.bold(pc.cyan(url))}`,
    '',
    pc.dim(source),
    tableOf(functions),
    '',
    pc.dim(cappedBecause ?? `account concurrency ${concurrency.toLocaleString('en-US')}`),
    ...manifest.warnings.map((warning) => pc.yellow(`! ${warning}`)),
    '',
    `  curl -d '{"name":"x"}' ${url}/lambda/${first?.logicalId ?? first?.name}`,
    '',
    pc.dim('Ctrl-C ends it.'),
    '',
  ].join('\n')
}

function tableOf(functions: readonly FunctionVersion[]): string {
  const table = plainTable(['function', 'name', 'handler', 'memory', 'timeout', 'reserved'])
  for (const { config } of functions) {
    table.push([
      pc.bold(config.logicalId ?? config.name),
      config.name,
      config.handler,
      `${config.memorySizeMb} MB`,
      `${config.timeoutMs / 1_000} s`,
      config.reservedConcurrency === undefined ? '–' : String(config.reservedConcurrency),
    ])
  }
  return table.toString()
}
