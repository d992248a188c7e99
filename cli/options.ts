import { z } from 'zod'
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

/** `process,thread` */
export const isolations = z
  .string()
  .transform((text) => text.split(','))
  .pipe(z.array(isolation).min(1))

/** `KEY=value`, repeated. */
export const variables = z
  .array(z.string().regex(/^[^=]+=/, 'must be written as NAME=value'))
  .transform((pairs) =>
    Object.fromEntries(
      pairs.map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]),
    ),
  )

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
  const problems = parsed.error.issues.map(({ path: [name = ''], message }) => {
    return `--${kebab(String(name))} ${shown(given[String(name)])}: ${message}`
  })
  throw new UsageError(problems.join('; '))
}

const kebab = (name: string): string =>
  name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)

const shown = (value: unknown): string => (Array.isArray(value) ? value.join(' ') : String(value))
