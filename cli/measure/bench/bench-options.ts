import { z } from 'zod'
import { UsageError } from '../../exit-codes.ts'
import { count, cpu, isolations, memorySizes, timeoutSeconds, whole } from '../../options.ts'
import { LEAST_RUNS } from '../statistics/bootstrap.ts'

const MAX_SEED = 4_294_967_295

const SHARE = 'must be a share such as 5% or 0.05, from 0.1% to 100%'

/** `5%` or `0.05`. */
const share = z
  .string()
  .regex(/^\d+(\.\d+)?%?$/, SHARE)
  .transform((text) => (text.endsWith('%') ? Number(text.slice(0, -1)) / 100 : Number(text)))
  .pipe(z.number().min(0.001, SHARE).max(1, SHARE))

const confinement = z.enum(['root', 'user', 'plain'], "must be 'root', 'user' or 'plain'")

function listOf<Item extends z.ZodType<unknown, string>>(item: Item) {
  return z
    .string()
    .transform((text) => text.split(','))
    .pipe(z.array(item))
    .refine((items) => new Set(items).size === items.length, 'must not name one twice')
}

/** The options of `sandlot bench`, as they are typed. */
export const benchOptions = z.object({
  event: z.string().optional(),
  cold: count.optional(),
  warm: whole(0, 1_000_000).optional(),
  runs: whole(1, 1_000).optional(),
  untilCi: share.optional(),
  maxRuns: whole(LEAST_RUNS, 1_000).optional(),
  isolation: isolations.optional(),
  memory: memorySizes.optional(),
  confinement: listOf(confinement).optional(),
  node: listOf(z.string().min(1, 'must be paths of Node, with commas')).optional(),
  against: z.string().min(1, 'must be a git reference or a folder').optional(),
  aa: z.boolean().default(false),
  smallestEffect: share.default(0.05),
  timeout: timeoutSeconds.optional(),
  cpu: cpu.default('proportional'),
  seed: whole(0, MAX_SEED).optional(),
  modules: z.boolean().default(true),
  json: z.string().optional(),
  samples: z.string().optional(),
  csv: z.string().optional(),
  html: z.string().optional(),
  assert: z.array(z.string()).default([]),
  junit: z.string().optional(),
  demo: z.boolean().default(false),
  workloads: z.boolean().default(false),
  quick: z.boolean().default(false),
})

export type BenchOptions = z.output<typeof benchOptions>

/** What each option allows and two together do not. */
export function checkTogether(options: BenchOptions) {
  const { runs, untilCi, maxRuns, confinement, isolation, demo, workloads } = options
  if (demo && workloads) {
    throw new UsageError('--demo and --workloads: measure one after the other')
  }
  if (runs !== undefined && untilCi !== undefined) {
    throw new UsageError('--runs and --until-ci: only one of them can say how many runs there are')
  }
  if (maxRuns !== undefined && untilCi === undefined) {
    throw new UsageError('--max-runs is the most that --until-ci may take: name that too')
  }
  if (confinement !== undefined && isolation?.includes('process') === false) {
    throw new UsageError('--confinement is about processes: threads are not confined')
  }
}
