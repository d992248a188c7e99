import { setTimeout as delay } from 'node:timers/promises'
import type { Command } from 'commander'
import { z } from 'zod'
import { KEPT_PERIODS } from '../../runtime/telemetry/metrics/period-series.ts'
import { adminClient } from '../admin-client.ts'
import { EXIT } from '../exit-codes.ts'
import { checkOptions, whole } from '../options.ts'
import { colours } from '../report/colours.ts'
import { MetricsScreen } from '../report/metrics-screen.ts'
import { metricsTable } from '../report/metrics-table.ts'
import { stopSignal } from '../stop-signal.ts'

const REDRAW_MS = 1_000

const optionsSchema = z.object({
  port: whole(1, 65_535).default(5_000),
  minutes: whole(1, KEPT_PERIODS, 'minutes').default(5),
  watch: z.boolean().default(false),
  json: z.boolean().default(false),
})

export function registerMetrics(program: Command): void {
  program
    .command('metrics')
    .description("show the running server's metrics, as CloudWatch has them for Lambda")
    .argument('[function]', 'name or logical id (default: all functions, and all together)')
    .option('--port <number>', "the server's port (default: 5000)")
    .option('--minutes <number>', 'of the last minutes, at most 180 (default: 5)')
    .option('--watch', 'show them anew every second, until Ctrl-C')
    .option('--json', 'print JSON, with --watch a line each time')
    .addHelpText(
      'after',
      `
Invocations count in the minute in which they started, and are told when they have ended. Metrics that
functions print in CloudWatch's embedded metric format are shown, too. A percentile with fewer than ten
values beyond it is not shown. GET /metrics on the same port is for Prometheus.

Examples:
  sandlot metrics
  sandlot metrics hello --watch
  sandlot metrics --minutes 60 --json`,
    )
    .action(async (functionName: string | undefined, given: Record<string, unknown>) => {
      const { port, minutes, watch, json } = checkOptions(optionsSchema, given)
      const client = adminClient(port)
      const read = () => client.metrics(functionName, minutes)
      const table = async () => metricsTable(await read(), colours.stdout)
      if (watch && json) await repeat(async () => console.log(JSON.stringify(await read())))
      else if (watch) await watchTable(table)
      else console.log(json ? JSON.stringify(await read(), null, 2) : await table())
    })
}

async function watchTable(table: () => Promise<string>): Promise<void> {
  // The first one before the screen is taken: what is wrong is said where the command was typed.
  let next: string | undefined = await table()
  const screen = new MetricsScreen()
  try {
    await repeat(async () => {
      screen.show(next ?? (await table()))
      next = undefined
    })
  } finally {
    screen.end()
  }
}

/** Every second, until a signal asks to end. */
async function repeat(act: () => Promise<void>): Promise<void> {
  const stop = stopSignal()
  const enough = new AbortController()
  void stop.came.then(() => enough.abort())
  try {
    while (!enough.signal.aborted) {
      await act()
      await delay(REDRAW_MS, undefined, { signal: enough.signal }).catch(() => undefined)
    }
    process.exitCode = EXIT.success
  } finally {
    stop.forget()
  }
}
