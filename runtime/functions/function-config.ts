import { z } from 'zod'
import { SandlotError } from '../kernel/errors.ts'
import { ALIAS_NAME } from './function-alias.ts'
import { environmentProblem } from './reserved-variables.ts'

/**
 * What can be set for a function. Bounds and defaults: AWS Lambda Developer Guide, "Lambda quotas"
 * and "Configure Lambda function memory / timeout / ephemeral storage".
 */
export const functionConfigSchema = z
  .strictObject({
    /** 1 to 64 letters, digits, `-` and `_`. */
    name: z
      .string('must be text')
      .regex(/^[A-Za-z0-9-_]{1,64}$/, 'must be 1 to 64 letters, digits, hyphens or underscores'),
    /** A second name it answers to: its logical id in a template. */
    logicalId: text().optional(),
    /** `path/file.export`, or the path of a file; relative to `rootDir`. */
    handler: text().max(1_024, 'must be at most 1024 characters'),
    /** Absolute path of the folder with the code. */
    rootDir: text(),
    /** `nodejs22.x` and the like. Absent: the Node that runs Sandlot. */
    runtime: text().optional(),
    memorySizeMb: whole(128, 10_240, 'MB').default(128),
    timeoutMs: whole(1_000, 900_000, 'ms').default(3_000),
    ephemeralStorageMb: whole(512, 10_240, 'MB').default(512),
    environment: z
      .record(z.string(), z.string('must be text'), 'must be an object of texts')
      .default({})
      .superRefine((environment, context) => {
        const message = environmentProblem(environment)
        if (message !== undefined) context.addIssue({ code: 'custom', message })
      }),
    /** Absent: shares the unreserved pool. 0: never runs. */
    reservedConcurrency: whole(0, 1_000_000, 'invocations at once').optional(),
    /** Each deployment that changes something is published, and this alias moved to the new version. */
    autoPublishAlias: z
      .string('must be text')
      .regex(
        ALIAS_NAME,
        'must be 1 to 128 letters, digits, hyphens or underscores, and not digits alone',
      )
      .optional(),
    /** Sandboxes of that alias that are initialised ahead of demand. */
    provisionedConcurrency: whole(1, 1_000_000, 'invocations at once').optional(),
    /** `none`: loopback only. Needs namespaces. */
    network: z.enum(['host', 'none'], "must be 'host' or 'none'").default('host'),
    isolation: z.enum(['process', 'thread'], "must be 'process' or 'thread'").default('process'),
  })
  .superRefine(({ autoPublishAlias, provisionedConcurrency }, context) => {
    if (provisionedConcurrency === undefined || autoPublishAlias !== undefined) return
    const message = 'needs autoPublishAlias: only a published version can have it'
    context.addIssue({ code: 'custom', path: ['provisionedConcurrency'], message })
  })
  .superRefine(({ isolation, network }, context) => {
    if (isolation !== 'thread' || network !== 'none') return
    const message = "must be 'host' for a thread, which has the network of its process"
    context.addIssue({ code: 'custom', path: ['network'], message })
  })

function text() {
  return z.string('must be text').min(1, 'must not be empty')
}

function whole(least: number, most: number, unit: string) {
  const message = `must be a whole number from ${least} to ${most} ${unit}`
  return z.number(message).int(message).min(least, message).max(most, message)
}

/** As a caller writes it: everything with a default may be left out. */
export type FunctionInput = z.input<typeof functionConfigSchema>

/** As the runtime uses it: complete and within bounds. */
export type FunctionConfig = z.output<typeof functionConfigSchema>

/**
 * Checks a configuration and fills in its defaults.
 *
 * @param where what messages begin with: the place that the input comes from. Default: the
 *   function's name.
 * @throws SandlotError `InvalidParameterValue`, one line that names each field, its value and what
 *   is allowed.
 */
export function parseFunctionConfig(input: FunctionInput, where?: string): FunctionConfig {
  const parsed = functionConfigSchema.safeParse(input)
  if (parsed.success) return parsed.data
  const problems = parsed.error.issues.map((issue) => problemOf(issue, input))
  const place = where ?? (typeof input.name === 'string' ? `Function '${input.name}'` : 'Function')
  throw new SandlotError('InvalidParameterValue', `${place}: ${problems.join('; ')}`)
}

function problemOf(issue: z.core.$ZodIssue, input: unknown): string {
  if (issue.code === 'unrecognized_keys') return `there is no field '${issue.keys.join("', '")}'`
  const field = issue.path.join('.')
  const value = valueAt(input, issue.path)
  if (value === undefined) return `${field} is missing: ${issue.message}`
  return typeof value === 'object'
    ? `${field} ${issue.message}`
    : `${field} is ${JSON.stringify(value)}: ${issue.message}`
}

const valueAt = (root: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>(
    (value, key) =>
      typeof value === 'object' && value !== null
        ? (value as Record<PropertyKey, unknown>)[key]
        : undefined,
    root,
  )
