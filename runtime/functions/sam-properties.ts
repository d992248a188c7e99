import type { YAMLMap } from 'yaml'
import { z } from 'zod'
import type { SandlotError } from '../kernel/errors.ts'
import { secondsToMs } from '../kernel/units.ts'
import { ALIAS_NAME } from './function-alias.ts'
import type { FunctionInput } from './function-config.ts'
import { environmentProblem } from './reserved-variables.ts'
import { Intrinsic } from './sam-values.ts'

const text = z.string('must be text').min(1, 'must not be empty')
const variable = z.union(
  [
    z.string(),
    z.number().transform(String),
    z.boolean().transform(String),
    z.instanceof(Intrinsic),
  ],
  'must be text',
)

/** CloudFormation takes a number's digits as text, too. */
function whole(least: number, most: number, unit: string) {
  const message = `must be a whole number from ${least} to ${most} ${unit}`
  return z.preprocess(
    (value) => (typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value),
    z.number(message).int(message).min(least, message).max(most, message),
  )
}

/** The properties that are read, and what each may be. Bounds: AWS Lambda Developer Guide, quotas. */
const PROPERTIES = {
  FunctionName: text.regex(
    /^[A-Za-z0-9-_]{1,64}$/,
    'must be 1 to 64 letters, digits, hyphens or underscores',
  ),
  Handler: text,
  Runtime: text,
  CodeUri: z
    .string('must be a folder on this machine')
    .regex(/^(?!s3:\/\/)./, 'must be a folder on this machine'),
  MemorySize: whole(128, 10_240, 'MB'),
  Timeout: whole(1, 900, 'seconds'),
  ReservedConcurrentExecutions: whole(0, 1_000_000, 'invocations at once'),
  AutoPublishAlias: text.regex(
    ALIAS_NAME,
    'must be 1 to 128 letters, digits, hyphens or underscores, and not digits alone',
  ),
  ProvisionedConcurrencyConfig: z.object(
    { ProvisionedConcurrentExecutions: whole(1, 1_000_000, 'invocations at once') },
    'must be a map with ProvisionedConcurrentExecutions',
  ),
  EphemeralStorage: z.object({ Size: whole(512, 10_240, 'MB') }, 'must be a map with Size'),
  Environment: z.object(
    { Variables: z.record(z.string(), variable, 'must be a map').optional() },
    'must be a map with Variables',
  ),
} as const

type Name = keyof typeof PROPERTIES
type Value<N extends Name> = z.output<(typeof PROPERTIES)[N]>

/** How a property is found and what is said of it: the reader of the template knows its lines. */
export interface PropertySource {
  /** Absent: the function has no properties of its own. */
  readonly own: YAMLMap | undefined
  readonly globals: YAMLMap | undefined
  readonly plain: (node: unknown) => unknown
  /** The error for what a node of `own` or `globals` says. */
  readonly error: (node: unknown, message: string) => SandlotError
  readonly warn: (node: unknown, message: string) => void
}

export const isRead = (name: string): boolean => Object.hasOwn(PROPERTIES, name)

/** The runtime that a function asks for, wherever it says so. */
export const runtimeOf = (source: PropertySource): string | undefined => read(source, 'Runtime')

/**
 * A function's properties over those of `Globals`: scalars replace, variables merge.
 * Source: AWS SAM Developer Guide, "Globals section".
 *
 * @param folder absolute path that `CodeUri` is relative to.
 */
export function readFunction(
  source: PropertySource,
  logicalId: string,
  folder: string,
): FunctionInput {
  const handler = read(source, 'Handler')
  if (handler === undefined) {
    throw source.error(source.own, "Handler is missing: write 'path/module.export'")
  }
  const timeout = read(source, 'Timeout')
  return withoutUndefined({
    name: readIn(source, source.own, 'FunctionName') ?? logicalId,
    logicalId,
    handler,
    rootDir: below(folder, read(source, 'CodeUri') ?? '.'),
    runtime: runtimeOf(source),
    memorySizeMb: read(source, 'MemorySize'),
    timeoutMs: timeout === undefined ? undefined : secondsToMs(timeout),
    ephemeralStorageMb: read(source, 'EphemeralStorage')?.Size,
    environment: readEnvironment(source),
    reservedConcurrency: read(source, 'ReservedConcurrentExecutions'),
    autoPublishAlias: read(source, 'AutoPublishAlias'),
    provisionedConcurrency: readProvisioned(source),
  })
}

/** Only versions can have it, and in a template only `AutoPublishAlias` makes one. */
function readProvisioned(source: PropertySource): number | undefined {
  const config = read(source, 'ProvisionedConcurrencyConfig')
  if (config === undefined || read(source, 'AutoPublishAlias') !== undefined) {
    return config?.ProvisionedConcurrentExecutions
  }
  const name = 'ProvisionedConcurrencyConfig'
  // SAM's own words, letter case included.
  const message = `To set ${name} AutoPublishALias must be defined on the function`
  throw source.error(nodeOf(source.own, name) ?? nodeOf(source.globals, name), message)
}

function below(folder: string, path: string): string {
  if (path.startsWith('/')) return path
  const steps = path.split('/').filter((step) => step !== '.' && step !== '')
  return [folder, ...steps].join('/')
}

/** A variable whose value is not known here stays unset: a made-up one would mislead. */
function readEnvironment(source: PropertySource): Record<string, string> {
  const environment: Record<string, string> = {}
  for (const map of [source.globals, source.own]) {
    const variables = readIn(source, map, 'Environment')?.Variables ?? {}
    for (const [name, value] of Object.entries(variables)) {
      delete environment[name]
      if (typeof value === 'string') environment[name] = value
      else source.warn(nodeOf(map, 'Environment', 'Variables', name), notComputed(name, value))
    }
  }
  const problem = environmentProblem(environment)
  if (problem === undefined) return environment
  const node = nodeOf(source.own, 'Environment') ?? nodeOf(source.globals, 'Environment')
  throw source.error(node, `Environment.Variables ${problem}`)
}

const notComputed = (name: string, value: Intrinsic): string =>
  `Environment.Variables.${name} is ${value}, which only CloudFormation can compute; it is not set`

const read = <N extends Name>(source: PropertySource, name: N): Value<N> | undefined =>
  readIn(source, source.own, name) ?? readIn(source, source.globals, name)

function readIn<N extends Name>(
  { plain, error }: PropertySource,
  map: YAMLMap | undefined,
  name: N,
): Value<N> | undefined {
  const node = nodeOf(map, name)
  if (node === undefined) return undefined
  const value = plain(node)
  const parsed = PROPERTIES[name].safeParse(value)
  if (parsed.success) return parsed.data as Value<N>
  const [issue] = parsed.error.issues
  const path = issue?.path ?? []
  const found = path.reduce<unknown>(
    (parent, key) => (parent as Record<PropertyKey, unknown> | undefined)?.[key],
    value,
  )
  throw error(
    nodeOf(map, name, ...path) ?? node,
    `${[name, ...path].join('.')}${told(found)} ${issue?.message}`,
  )
}

/** Templates name what they say, so a message does as well, where it fits on a line. */
function told(value: unknown): string {
  if (value instanceof Intrinsic) return ` is ${value}, which only CloudFormation can compute: it`
  if (value === undefined || (typeof value === 'object' && value !== null)) return ''
  return ` is ${JSON.stringify(value)}:`
}

/** `undefined` where nothing is, or where an alias stands in between. */
const nodeOf = (map: YAMLMap | undefined, ...path: PropertyKey[]): unknown => map?.getIn(path, true)

function withoutUndefined<Value extends object>(
  value: {
    [Key in keyof Value]: Value[Key] | undefined
  },
): Value {
  return Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined)) as Value
}
