import { isMap, isScalar, type Node, type YAMLMap } from 'yaml'
import { z } from 'zod'
import type { SandlotError } from '../kernel/errors.ts'
import { secondsToMs } from '../kernel/units.ts'
import type { FunctionInput } from './function-config.ts'

/** Properties that describe a function without changing how it runs. */
export const PROPERTIES_WITHOUT_EFFECT: ReadonlySet<string> = new Set([
  'Description',
  'Tags',
  'Role',
  'Policies',
])

const whole = (least: number, most: number) => {
  const message = `must be a whole number from ${least} to ${most}`
  return z.number(message).int(message).min(least, message).max(most, message)
}
const text = z.string('must be text').min(1, 'must not be empty')
const scalarText = z.union([z.string(), z.number(), z.boolean()]).transform(String)

/** The properties that are read, and what each may be. Bounds: AWS Lambda Developer Guide, quotas. */
const PROPERTIES = {
  FunctionName: text.regex(
    /^[A-Za-z0-9-_]{1,64}$/,
    'must be 1 to 64 letters, digits, hyphens or underscores',
  ),
  Handler: text,
  Runtime: text,
  CodeUri: text,
  MemorySize: whole(128, 10_240),
  Timeout: whole(1, 900),
  ReservedConcurrentExecutions: whole(0, 1_000_000),
  EphemeralStorage: z.object({ Size: whole(512, 10_240) }),
  Environment: z.object({ Variables: z.record(z.string(), scalarText).optional() }),
} as const

type Name = keyof typeof PROPERTIES

/** A function's properties over those of `Globals`: scalars replace, maps merge. */
export class FunctionProperties {
  readonly #own: YAMLMap | undefined
  readonly #globals: YAMLMap | undefined
  readonly #error: (node: unknown, message: string) => SandlotError

  static reads(name: string): boolean {
    return name in PROPERTIES
  }

  /** @param error makes the error for what a node says. */
  constructor(
    own: YAMLMap | undefined,
    globals: YAMLMap | undefined,
    error: (node: unknown, message: string) => SandlotError,
  ) {
    this.#own = own
    this.#globals = globals
    this.#error = error
  }

  text(name: 'Runtime'): string | undefined {
    return this.#read(name)
  }

  functionInput(logicalId: string, folder: string): FunctionInput {
    const handler = this.#read('Handler')
    if (handler === undefined) throw this.#error(this.#own, 'Handler is missing')
    const timeout = this.#read('Timeout')
    const codeUri = this.#read('CodeUri') ?? '.'
    return withoutUndefined({
      name: this.#read('FunctionName') ?? logicalId,
      logicalId,
      handler,
      rootDir: codeUri.startsWith('/') ? codeUri : `${folder}/${codeUri}`,
      runtime: this.#read('Runtime'),
      memorySizeMb: this.#read('MemorySize'),
      timeoutMs: timeout === undefined ? undefined : secondsToMs(timeout),
      ephemeralStorageMb: this.#read('EphemeralStorage')?.Size,
      environment: {
        ...this.#readIn(this.#globals, 'Environment')?.Variables,
        ...this.#readIn(this.#own, 'Environment')?.Variables,
      },
      reservedConcurrency: this.#read('ReservedConcurrentExecutions'),
    })
  }

  #read<N extends Name>(name: N): z.output<(typeof PROPERTIES)[N]> | undefined {
    return this.#readIn(this.#own, name) ?? this.#readIn(this.#globals, name)
  }

  #readIn<N extends Name>(
    map: YAMLMap | undefined,
    name: N,
  ): z.output<(typeof PROPERTIES)[N]> | undefined {
    const node = map?.get(name, true) as Node | undefined
    if (node === undefined) return undefined
    const value = plain(node)
    const parsed = PROPERTIES[name].safeParse(value)
    if (parsed.success) return parsed.data as z.output<(typeof PROPERTIES)[N]>
    const [issue] = parsed.error.issues
    const path = [name, ...(issue?.path ?? [])].join('.')
    const given =
      typeof value === 'object' && value !== null && !isIntrinsic(value)
        ? ''
        : ` is ${String(value)}:`
    const why = isIntrinsic(value) ? 'intrinsic functions are not supported here' : issue?.message
    throw this.#error(node, `${path}${given} ${why}`)
  }
}

/** YAML's nodes as plain values; what only CloudFormation could compute stays what it is. */
function plain(node: unknown): unknown {
  if (isScalar(node)) return node.value
  if (!isMap(node)) return node
  return Object.fromEntries(
    node.items.map(({ key, value }) => [String(plain(key)), plain(value)] as const),
  )
}

const isIntrinsic = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && Object.getPrototypeOf(value) !== Object.prototype

function withoutUndefined<Value extends object>(
  value: {
    [Key in keyof Value]: Value[Key] | undefined
  },
): Value {
  return Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined)) as Value
}
