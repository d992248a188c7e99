import { z } from 'zod'
import { SandlotError } from './kernel/errors.ts'
import { msToUs } from './kernel/units.ts'
import { DEFAULT_ACCOUNT_CONCURRENCY } from './scheduler/account-limit-policy.ts'
import { parseKeepAlive } from './scheduler/keep-alive/keep-alive-text.ts'
import {
  LAMBDA_RATES,
  NO_RATES,
  NO_RECYCLING,
  type RateLimits,
  type Recycling,
} from './scheduler/scheduler-options.ts'

/** What a caller may set; everything has a default. */
export interface EmulatorOptions {
  /** Invocations at once, over all functions. Default 1,000; capped by what the machine's memory holds. */
  readonly accountConcurrency?: number
  /**
   * How long an idle sandbox is kept: `fixed:10m` (default), `drawn:5m..20m`, `hybrid`, `greedy-dual` or
   * `none`, in which case every invocation is cold. See `KeepAliveOptions`.
   */
  readonly keepAlive?: string
  /**
   * When a sandbox is replaced though it is in use: at an age that is drawn for each between two bounds,
   * in milliseconds, by default 2 h and 8 h, since Lambda does so after some hours; after so many
   * invocations, by default never. `none`: never at all.
   */
  readonly recycling?:
    | 'none'
    | { readonly ageMs?: readonly [number, number]; readonly afterInvocations?: number }
  /** Which of several idle sandboxes takes an invocation. Default `most-recent`: the one used last. */
  readonly reuse?: 'most-recent' | 'least-recent'
  /**
   * What all sandboxes together may take of the machine's memory, in MB, idle ones included. When it is
   * used up, the idle sandbox that is worth least is evicted. Default: 75 % of the machine's.
   */
  readonly memoryBudgetMb?: number
  /**
   * `lambda` (default): requests, new environments and calls of the control API are limited to Lambda's
   * rates. `unlimited`: they are not.
   */
  readonly rates?: 'lambda' | 'unlimited'
  /** Requests a second of all callers together. Default: no limit, as on Lambda. */
  readonly callerRequestsPerSecond?: number
  /** Fixes what the policies leave to chance: 0 to 4,294,967,295. Default: the system's randomness. */
  readonly seed?: number
  /** An idle sandbox is frozen after this; after up to 16 times this while it is soon needed again. Default 5. */
  readonly freezeDelayMs?: number
  /**
   * Sandboxes being started at the same time; further starts wait for their turn. Lambda starts them all
   * at once, but here they share the CPUs, and init has 10 s. Default 8 for each CPU, at least 16.
   */
  readonly maxParallelStarts?: number
  /** `proportional` (default): CPU after init in proportion to memory, 1,769 MB being one CPU. */
  readonly cpu?: 'proportional' | 'unlimited'
  /**
   * How processes are confined: `auto` (default) is the strongest that works here; `root`, `user` and
   * `plain` insist on one. Default of the default: the variable SANDLOT_ISOLATION.
   */
  readonly isolation?: 'auto' | 'root' | 'user' | 'plain'
  /** Try anew how processes can be confined here, whatever an earlier start has found. Default false. */
  readonly surveyAfresh?: boolean
  /** Folder for sandboxes' directories and the code cache. Default: a folder of this user's in the system's temporary directory. */
  readonly stateDir?: string
}

const DAY_MS = 86_400_000
const YEAR_MS = 365 * DAY_MS
const MAX_SEED = 4_294_967_295

const AGE_MS = 'must be two whole numbers of milliseconds, the lesser one first'
const age = z.number(AGE_MS).int(AGE_MS).min(1, AGE_MS).max(YEAR_MS, AGE_MS)

const schema = z.strictObject({
  accountConcurrency: whole(1, 1_000_000).default(DEFAULT_ACCOUNT_CONCURRENCY),
  keepAlive: z.string("must be text, such as 'fixed:10m'").default('fixed:10m'),
  recycling: z
    .union(
      [
        z.literal('none'),
        z.strictObject({
          ageMs: z
            .tuple([age, age], AGE_MS)
            .refine(([least, most]) => least <= most, AGE_MS)
            .optional(),
          afterInvocations: whole(1, 1_000_000_000).optional(),
        }),
      ],
      "must be 'none', or have ageMs: [least, most] or afterInvocations",
    )
    .default({}),
  reuse: z
    .enum(['most-recent', 'least-recent'], "must be 'most-recent' or 'least-recent'")
    .default('most-recent'),
  memoryBudgetMb: whole(64, 67_108_864).optional(),
  rates: z.enum(['lambda', 'unlimited'], "must be 'lambda' or 'unlimited'").default('lambda'),
  callerRequestsPerSecond: whole(1, 1_000_000).optional(),
  seed: whole(0, MAX_SEED).optional(),
  freezeDelayMs: whole(0, DAY_MS).default(5),
  maxParallelStarts: whole(1, 10_000).optional(),
  cpu: z
    .enum(['proportional', 'unlimited'], "must be 'proportional' or 'unlimited'")
    .default('proportional'),
  isolation: z
    .enum(['auto', 'root', 'user', 'plain'], "must be 'auto', 'root', 'user' or 'plain'")
    .default('auto'),
  surveyAfresh: z.boolean('must be true or false').default(false),
  stateDir: z.string('must be a path').min(1, 'must be a path').optional(),
})

function whole(least: number, most: number) {
  const message = `must be a whole number from ${least} to ${most}`
  return z.number(message).int(message).min(least, message).max(most, message)
}

/**
 * Checks the options and fills in the defaults that do not depend on the machine.
 *
 * @param isolation value of SANDLOT_ISOLATION, used where the options name none; empty: as if it were
 *   not there.
 * @throws SandlotError `InvalidParameterValue`, one line that names each option and what is allowed.
 */
export function parseEmulatorOptions(input: EmulatorOptions, isolation?: string) {
  const parsed = schema.safeParse(isolation ? { isolation, ...input } : input)
  if (parsed.success) {
    const { keepAlive, recycling, rates, callerRequestsPerSecond, ...asGiven } = parsed.data
    return {
      ...asGiven,
      keepAlive: parseKeepAlive(keepAlive),
      recycling: recyclingOf(recycling),
      rates: ratesOf(rates, callerRequestsPerSecond),
      /** Of the control API, for which no number of its own can be given. */
      limitsControlCalls: rates === 'lambda',
    }
  }
  const problems = parsed.error.issues.map((issue) =>
    issue.code === 'unrecognized_keys'
      ? `there is no option '${issue.keys.join("', '")}'`
      : `${nameOf(issue.path, input)} ${issue.message}`,
  )
  throw new SandlotError('InvalidParameterValue', `Options of the emulator: ${problems.join('; ')}`)
}

/** What an emulator is to be, with all defaults but those of the machine. */
export type CheckedOptions = ReturnType<typeof parseEmulatorOptions>

/** What the environment says has another name there. */
const nameOf = (path: readonly PropertyKey[], input: EmulatorOptions): string =>
  path[0] === 'isolation' && input.isolation === undefined ? 'SANDLOT_ISOLATION' : path.join('.')

/** Lambda replaces environments after some hours; AWS does not say how many. */
const RECYCLING_AGE_MS = [2 * 3_600_000, 8 * 3_600_000] as const

function recyclingOf(given: z.output<typeof schema>['recycling']): Recycling {
  if (given === 'none') return NO_RECYCLING
  const { ageMs: [leastMs, mostMs] = RECYCLING_AGE_MS, afterInvocations } = given
  return {
    leastAgeUs: msToUs(leastMs),
    mostAgeUs: msToUs(mostMs),
    afterInvocations: afterInvocations ?? Number.POSITIVE_INFINITY,
  }
}

const ratesOf = (kind: 'lambda' | 'unlimited', perSecond: number | undefined): RateLimits => ({
  ...(kind === 'lambda' ? LAMBDA_RATES : NO_RATES),
  ...(perSecond !== undefined && { callerRequestsPerSecond: perSecond }),
})
