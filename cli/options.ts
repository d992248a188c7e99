import { z } from 'zod'
import { keepAliveText, parseKeepAlive } from '../runtime/scheduler/keep-alive/keep-alive-text.ts'
import { UsageError } from './exit-codes.ts'

const digits = (message: string) =>
  z
    .string()
    .regex(/^-?\d+$/, message)
    .transform(Number)

/** A whole number within bounds, from text; its one message says what is allowed. */
export function whole(least: number, most: number, unit = '') {
  const message = `must be a whole number from ${least} to ${most}${unit === '' ? '' : ` ${unit}`}`
  return digits(message).pipe(z.number().min(least, message).max(most, message))
}

export const memoryMb = whole(128, 10_240, 'MB')
export const timeoutSeconds = whole(1, 900, 'seconds')
export const count = whole(1, 1_000_000)
export const port = whole(0, 65_535)
export const isolation = z.enum(['process', 'thread'], "must be 'process' or 'thread'")

export const cpu = z.enum(['proportional', 'unlimited'], "must be 'proportional' or 'unlimited'")
export const rates = z.enum(['lambda', 'unlimited'], "must be 'lambda' or 'unlimited'")

export const reuse = z.enum(
  ['most-recent', 'least-recent'],
  "must be 'most-recent' or 'least-recent'",
)
export const seed = whole(0, 4_294_967_295)
/** How long idle sandboxes are kept, in its shortest form; what is none is refused in its own words. */
export const keepAlive = z.string().transform((text) => keepAliveText(parseKeepAlive(text)))
export const network = z.enum(['host', 'none'], "must be 'host' or 'none'")

/** `process,thread`: each at most once. */
export const isolations = listOf(isolation)
/** `128,512`: each at most once. */
export const memorySizes = listOf(memoryMb)

function listOf<Value>(item: z.ZodType<Value, string>) {
  return z
    .string()
    .transform((text) => text.split(','))
    .pipe(z.array(item))
    .refine((items) => new Set(items).size === items.length, 'must not name one twice')
}

/** `NAME=value`, repeated. */
export const variables = z
  .array(z.string().regex(/^[^=]+=/, 'must be written as NAME=value'))
  .transform((pairs) =>
    Object.fromEntries(
      pairs.map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]),
    ),
  )

/** For options that may be given several times. */
export const collect = (value: string, before: string[] = []): string[] => [...before, value]

/**
 * Checks the options of a command.
 *
 * @throws UsageError naming each option, its value and what is allowed.
 */
export function checkOptions<Schema extends z.ZodType>(
  schema: Schema,
  given: Readonly<Record<string, unknown>>,
): z.output<Schema> {
  const parsed = schema.safeParse(given)
  if (parsed.success) return parsed.data
  const problems = parsed.error.issues.map(({ path: [name = '', index], message }) => {
    const value = given[String(name)]
    const part = Array.isArray(value) && typeof index === 'number' ? value[index] : value
    return `${flag(String(name))} ${shown(part)}: ${message}`
  })
  throw new UsageError([...new Set(problems)].join('; '))
}

/** As it is typed: `-n`, `--idle-timeout`. */
function flag(name: string): string {
  const kebab = name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
  return name.length === 1 ? `-${name}` : `--${kebab}`
}

/** Quoted where it would otherwise not be seen as one value. */
const shown = (value: unknown): string => {
  const text = String(value)
  return text === '' || /\s/.test(text) ? JSON.stringify(text) : text
}
