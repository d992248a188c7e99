import type { Command } from 'commander'
import { z } from 'zod'
import { adminClient } from '../admin-client.ts'
import { checkOptions, whole } from '../options.ts'
import { counted } from '../report/counted.ts'

const optionsSchema = z.object({
  port: whole(1, 65_535).default(5_000),
  json: z.boolean().default(false),
})

export function registerEvict(program: Command): void {
  program
    .command('evict')
    .description('stop sandboxes of the running server, so that the next invocation is cold')
    .argument('[function]', 'name or logical id (default: all functions)')
    .option('--port <number>', "the server's port (default: 5000)")
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      '\nBusy sandboxes finish first.\n\nExamples:\n  sandlot evict\n  sandlot evict hello',
    )
    .action(async (functionName: string | undefined, given: Record<string, unknown>) => {
      const options = checkOptions(optionsSchema, given)
      const evicted = await adminClient(options.port).evict(functionName)
      if (options.json) console.log(JSON.stringify({ evicted }))
      else console.log(`${counted(evicted, 'sandbox', 'sandboxes')} evicted`)
    })
}
