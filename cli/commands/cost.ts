import type { Command } from 'commander'
import { z } from 'zod'
import { UsageError } from '../exit-codes.ts'
import { costOf } from '../measure/cost/cost.ts'
import { costLines } from '../measure/cost/cost-lines.ts'
import { type Plan, plannedUsage } from '../measure/cost/planned-usage.ts'
import { PRICED_REGIONS, PRICES_SOURCE } from '../measure/cost/prices.ts'
import { checkOptions, memoryMb, whole } from '../options.ts'
import { colours } from '../report/colours.ts'
import { costTable } from '../report/cost/cost-table.ts'

/** Lambda's longest timeout; an init cannot last longer than the function's. */
const MAX_DURATION_MS = 900_000
const MAX_REQUESTS = 1_000_000_000_000
/** A month as AWS's own calculator has it. */
const HOURS_PER_MONTH = 730

const milliseconds = time(`must be a time up to 900 s, like 200ms or 1.5s`)
const share = z
  .string()
  .regex(/^\d+(\.\d+)?%?$/, 'must be a share up to 100 %, like 1% or 0.01')
  .transform((text) => (text.endsWith('%') ? Number(text.slice(0, -1)) / 100 : Number(text)))
  .pipe(z.number().max(1, 'must be a share up to 100 %, like 1% or 0.01'))

const optionsSchema = z.object({
  memory: memoryMb,
  duration: milliseconds,
  requests: whole(0, MAX_REQUESTS),
  init: milliseconds.optional(),
  coldShare: share.optional(),
  architecture: z.enum(['x86_64', 'arm64'], "must be 'x86_64' or 'arm64'").default('x86_64'),
  region: z.string().default('us-east-1'),
  storage: whole(512, 10_240, 'MB').default(512),
  provisioned: whole(1, 1_000_000).optional(),
  hours: whole(1, 744).optional(),
  freeTier: z.boolean().default(false),
  decimalGb: z.boolean().default(false),
  json: z.boolean().default(false),
})

type CostOptions = z.output<typeof optionsSchema>

export function registerCost(program: Command): void {
  program
    .command('cost')
    .description('what a month of invocations costs on AWS Lambda, with the arithmetic')
    .requiredOption('--memory <MB>', '128 to 10240')
    .requiredOption('--duration <time>', 'of one invocation: 200ms, 1.5s; plain numbers are ms')
    .requiredOption('--requests <count>', 'in a month')
    .option('--init <time>', 'of a cold start, which is billed too since August 2025')
    .option('--cold-share <share>', 'of the requests that start cold: 1% or 0.01')
    .option('--architecture <name>', 'x86_64 or arm64 (default: x86_64)')
    .option('--region <name>', 'where the prices are from (default: us-east-1)')
    .option('--storage <MB>', 'ephemeral storage, 512 to 10240 (default: 512, which is free)')
    .option('--provisioned <instances>', 'with provisioned concurrency')
    .option('--hours <hours>', `that they are there (default: ${HOURS_PER_MONTH}, a month)`)
    .option('--free-tier', "take off each month's 1,000,000 requests and 400,000 GB-s")
    .option('--decimal-gb', "1 GB is 1,000 MB, as in some textbooks, and not AWS's 1,024")
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `
Examples:
  sandlot cost --memory 128 --duration 200ms --requests 1000000
  sandlot cost --memory 512 --duration 80ms --requests 5000000 --init 300ms --cold-share 1%
  sandlot cost --memory 128 --duration 200ms --requests 1000000 --decimal-gb      $0.63, the textbook's

Prices are list prices in US dollars, without tax and savings plans. Tiers by volume count this
function alone. Regions:
${regionLines()}`,
    )
    .action(cost)
}

function cost(given: Record<string, unknown>): void {
  const options = checkOptions(optionsSchema, given)
  checkTogether(options)
  const usage = plannedUsage(planOf(options))
  const lines = costLines(usage)
  const result = costOf(usage)
  if (options.json) {
    console.log(JSON.stringify({ ...result, usage, lines, source: PRICES_SOURCE }, null, 2))
  } else {
    console.log(costTable(usage, lines, result, colours.stdout))
  }
}

function checkTogether({ init, coldShare, provisioned, hours, freeTier }: CostOptions): void {
  if (init !== undefined && coldShare === undefined) {
    throw new UsageError('--init says what a cold start costs: say how many with --cold-share')
  }
  if (coldShare !== undefined && init === undefined) {
    throw new UsageError('--cold-share says how many start cold: say for how long with --init')
  }
  if (hours !== undefined && provisioned === undefined) {
    throw new UsageError('--hours is for provisioned instances: say how many with --provisioned')
  }
  if (freeTier && provisioned !== undefined) {
    throw new UsageError(
      '--free-tier does not go with --provisioned',
      "AWS's free tier does not cover functions with provisioned concurrency.",
    )
  }
}

function planOf(options: CostOptions): Plan {
  const { memory, duration, init = 0, storage, provisioned, hours = HOURS_PER_MONTH } = options
  const { region, architecture, requests, coldShare = 0, freeTier, decimalGb } = options
  return {
    region,
    architecture,
    memorySizeMb: memory,
    ephemeralStorageMb: storage,
    requests,
    durationMs: duration,
    initMs: init,
    coldShare,
    freeTier,
    decimalGb,
    provisioned: provisioned === undefined ? undefined : { instances: provisioned, hours },
  }
}

/** As many in a line as fit a terminal. */
function regionLines(): string {
  const lines: string[] = []
  for (let at = 0; at < PRICED_REGIONS.length; at += 6) {
    lines.push(`  ${PRICED_REGIONS.slice(at, at + 6).join(', ')}`)
  }
  return lines.join('\n')
}

function time(message: string) {
  return z
    .string()
    .regex(/^\d+(\.\d+)?(ms|s)?$/, message)
    .transform((text) => Number.parseFloat(text) * (/\ds$/.test(text) ? 1_000 : 1))
    .pipe(z.number().max(MAX_DURATION_MS, message))
}
