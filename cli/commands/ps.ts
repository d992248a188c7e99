import type { Command } from 'commander'
import pc from 'picocolors'
import { z } from 'zod'
import type { SandboxView } from '../../runtime/emulator.ts'
import { adminClient } from '../admin-client.ts'
import { checkOptions, port } from '../options.ts'
import { plainTable } from '../report/plain-table.ts'

const optionsSchema = z.object({ port: port.default(5_000), json: z.boolean().default(false) })

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
      if (options.json) console.log(JSON.stringify(sandboxes, null, 2))
      else console.log(sandboxes.length === 0 ? 'No sandboxes' : tableOf(sandboxes))
    })
}

function tableOf(sandboxes: readonly SandboxView[]): string {
  const head = ['sandbox', 'function', 'state', 'served', 'age', 'idle', 'pid', 'peak memory']
  const table = plainTable(head)
  for (const sandbox of sandboxes) {
    table.push([
      sandbox.id.slice(0, 8),
      pc.bold(sandbox.functionName),
      sandbox.state,
      String(sandbox.invocations),
      seconds(sandbox.ageMs),
      sandbox.idleMs === 0 ? '–' : seconds(sandbox.idleMs),
      sandbox.pid === undefined ? sandbox.isolation : String(sandbox.pid),
      sandbox.peakMemoryMb === undefined ? '–' : `${sandbox.peakMemoryMb} MB`,
    ])
  }
  return table.toString()
}

const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`
