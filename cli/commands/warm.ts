import type { Command } from 'commander'
import { z } from 'zod'
import { adminClient, type KeptWarm } from '../admin-client.ts'
import { EXIT, UsageError } from '../exit-codes.ts'
import { checkOptions, whole } from '../options.ts'
import { counted } from '../report/counted.ts'

const optionsSchema = z.object({
  port: whole(1, 65_535).default(5_000),
  json: z.boolean().default(false),
})

const MOST = 10_000

export function registerWarm(program: Command): void {
  program
    .command('warm')
    .description('keep sandboxes of the running server ready, so that invocations find them warm')
    .argument('<function>', 'name or logical id; hello:live is what the alias live means now')
    .argument('<count>', 'so many sandboxes; 0 ends it')
    .option('--port <number>', "the server's port (default: 5000)")
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `
Those that are there are kept, the others are started now; it waits until all are ready. They are not
evicted when they are idle. Unlike provisioned concurrency they are nobody's share of the account.

Examples:
  sandlot warm hello 3
  sandlot warm hello 0

Exit codes: 0 all are ready, 3 the function could not be initialised, 1 no memory for them, 2 bad input.`,
    )
    .action(warm)
}

async function warm(
  functionName: string,
  countText: string,
  given: Record<string, unknown>,
): Promise<void> {
  const options = checkOptions(optionsSchema, given)
  const kept = await adminClient(options.port).keepWarm(functionName, countOf(countText))
  console.log(options.json ? JSON.stringify(kept) : textOf(kept))
  process.exitCode = exitCodeFor(kept)
}

function countOf(text: string): number {
  const count = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN
  if (count <= MOST) return count
  throw new UsageError(`<count> ${text}: must be a whole number from 0 to ${MOST}`)
}

function textOf({ requested, allocated, status, statusReason }: KeptWarm): string {
  if (requested === 0) return 'None is kept warm any more'
  const ready = `${allocated} of ${counted(requested, 'sandbox', 'sandboxes')} ready`
  return status === 'FAILED' ? `${ready}: ${statusReason}` : ready
}

function exitCodeFor({ status, statusReason }: KeptWarm): number {
  if (status === 'READY') return EXIT.success
  return statusReason === 'FUNCTION_ERROR_INIT_FAILURE' ? EXIT.functionError : EXIT.failure
}
