import type { Command } from 'commander'
import { z } from 'zod'
import { adminClient, type Sandbox } from '../admin-client.ts'
import { checkOptions, whole } from '../options.ts'
import { type Colours, colours } from '../report/colours.ts'
import { NOT_SUPPORTED } from '../report/format.ts'
import { plainTable } from '../report/plain-table.ts'

const optionsSchema = z.object({
  port: whole(1, 65_535).default(5_000),
  json: z.boolean().default(false),
})

export function registerPs(program: Command): void {
  program
    .command('ps')
    .description('list the sandboxes of the running server')
    .option('--port <number>', "the server's port (default: 5000)")
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExamples:\n  sandlot ps\n  sandlot ps --port 5001 --json')
    .action(async (given: Record<string, unknown>) => {
      const options = checkOptions(optionsSchema, given)
      const sandboxes = await adminClient(options.port).sandboxes()
      console.log(options.json ? JSON.stringify(sandboxes, null, 2) : listOf(sandboxes))
    })
}

const listOf = (sandboxes: readonly Sandbox[]): string =>
  sandboxes.length === 0 ? 'No sandboxes' : tableOf(sandboxes, colours.stdout)

function tableOf(sandboxes: readonly Sandbox[], paint: Colours): string {
  const head = ['sandbox', 'function', 'version', 'held', ...FIGURES]
  const table = plainTable(head, 5, paint)
  for (const sandbox of sandboxes) {
    table.push([
      sandbox.id.slice(0, 8),
      paint.bold(sandbox.functionName),
      sandbox.version,
      heldText(sandbox),
      sandbox.state,
      sandbox.invocations.toLocaleString('en-US'),
      seconds(sandbox.ageMs),
      sandbox.idleMs === 0 ? NOT_SUPPORTED : seconds(sandbox.idleMs),
      sandbox.pid === undefined ? sandbox.isolation : String(sandbox.pid),
      sandbox.peakMemoryMb === undefined ? NOT_SUPPORTED : `${sandbox.peakMemoryMb} MB`,
    ])
  }
  // The table pads its last column, too.
  return table.toString().replaceAll(/ +$/gm, '')
}

const FIGURES = ['state', 'served', 'age', 'idle', 'pid', 'peak memory']

/** Why it is not evicted when it is idle; one that was provisioned and is so no more ends when it can. */
function heldText({ held, initializationType }: Sandbox): string {
  if (held === 'warm') return 'kept warm'
  const isProvisioned = held !== undefined || initializationType === 'provisioned-concurrency'
  return isProvisioned ? 'provisioned' : NOT_SUPPORTED
}

const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`
