import type { Command } from 'commander'
import { z } from 'zod'
import { adminClient } from '../admin-client.ts'
import { UsageError } from '../exit-codes.ts'
import { checkOptions, whole } from '../options.ts'
import { counted } from '../report/counted.ts'

const optionsSchema = z.object({
  sandbox: z
    .string()
    .regex(
      /^[0-9a-f]{1,32}$/,
      "must be the id of a sandbox, or its beginning: 'sandlot ps' has them",
    )
    .optional(),
  port: whole(1, 65_535).default(5_000),
  json: z.boolean().default(false),
})

export function registerEvict(program: Command): void {
  program
    .command('evict')
    .description('stop sandboxes of the running server, so that the next invocation is cold')
    .argument('[function]', 'name or logical id (default: all functions)')
    .option('--sandbox <id>', 'only this one: its id, or as much of it as no other has')
    .option('--port <number>', "the server's port (default: 5000)")
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      '\nBusy sandboxes finish first. What is provisioned or kept warm is started anew.\n\nExamples:\n  sandlot evict\n  sandlot evict hello\n  sandlot evict --sandbox 3f9a',
    )
    .action(evict)
}

async function evict(
  functionName: string | undefined,
  given: Record<string, unknown>,
): Promise<void> {
  const { sandbox, port, json } = checkOptions(optionsSchema, given)
  if (functionName !== undefined && sandbox !== undefined) {
    throw new UsageError('--sandbox names one sandbox, whatever its function: leave that out')
  }
  const client = adminClient(port)
  const evicted =
    sandbox === undefined ? await client.evict(functionName) : await client.evictSandbox(sandbox)
  if (json) console.log(JSON.stringify({ evicted }))
  else console.log(`${counted(evicted, 'sandbox', 'sandboxes')} evicted`)
}
