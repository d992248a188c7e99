import { z } from 'zod'
import { SandlotError } from './kernel/errors.ts'
import { DEFAULT_ACCOUNT_CONCURRENCY } from './scheduler/account-limit-policy.ts'

/** What a caller may set; everything has a default. */
export interface EmulatorOptions {
  /** Invocations at once, over all functions. Default 1,000; capped by what the machine's memory holds. */
  readonly accountConcurrency?: number
  /** An idle sandbox is evicted after this. Default 600,000 (10 min). */
  readonly idleTimeoutMs?: number
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

const schema = z.strictObject({
  accountConcurrency: whole(1, 1_000_000).default(DEFAULT_ACCOUNT_CONCURRENCY),
  idleTimeoutMs: whole(1, DAY_MS).default(600_000),
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
export function parseEmulatorOptions(
  input: EmulatorOptions,
  isolation?: string,
): z.output<typeof schema> {
  const parsed = schema.safeParse(isolation ? { isolation, ...input } : input)
  if (parsed.success) return parsed.data
  const problems = parsed.error.issues.map((issue) =>
    issue.code === 'unrecognized_keys'
      ? `there is no option '${issue.keys.join("', '")}'`
      : `${nameOf(issue.path, input)} ${issue.message}`,
  )
  throw new SandlotError('InvalidParameterValue', `Options of the emulator: ${problems.join('; ')}`)
}

/** What the environment says has another name there. */
const nameOf = (path: readonly PropertyKey[], input: EmulatorOptions): string =>
  path[0] === 'isolation' && input.isolation === undefined ? 'SANDLOT_ISOLATION' : path.join('.')
