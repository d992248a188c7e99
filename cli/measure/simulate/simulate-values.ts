import { z } from 'zod'

const NUMBER = '\\d+(?:\\.\\d+)?'
const UNITS_MS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 }
const DAYS_14_MS = 14 * 24 * 3_600_000

const SPAN = 'must be a time such as 2ms, 0.5s or 3m, up to 15m'
const MOST_SPAN_MS = 900_000

/** `200ms`, how long something takes: milliseconds. A plain number is seconds. */
export const span = z
  .string()
  .transform((text) => msOf(text) ?? Number.NaN)
  .pipe(z.number(SPAN).min(0, SPAN).max(MOST_SPAN_MS, SPAN))

const AGE = 'must be a time such as 4h, or two such as 2h..8h, from 1s to 336h'
const LEAST_AGE_MS = 1_000

/** `2h..8h`: milliseconds. */
export const ages = z.string().transform((text, context) => {
  const [least, most = least, ...more] = text.split('..').map(msOf)
  const isPossible =
    least !== undefined &&
    most !== undefined &&
    more.length === 0 &&
    least >= LEAST_AGE_MS &&
    least <= most &&
    most <= DAYS_14_MS
  if (isPossible) return { least, most }
  context.addIssue({ code: 'custom', message: AGE })
  return z.NEVER
})

const MEMORY = 'must be an amount of memory such as 512MB or 16GB, from 128MB to 1000000GB'
const LEAST_MEMORY_MB = 128
const MOST_MEMORY_MB = 1_000_000 * 1_024

/** `16GB`: MB. */
export const memoryAmount = z
  .string()
  .transform((text) => mbOf(text) ?? Number.NaN)
  .pipe(z.number(MEMORY).min(LEAST_MEMORY_MB, MEMORY).max(MOST_MEMORY_MB, MEMORY))

function msOf(text: string): number | undefined {
  const match = new RegExp(`^(${NUMBER})(ms|s|m|h)?$`).exec(text)
  return match === null ? undefined : Number(match[1]) * (UNITS_MS[match[2] ?? 's'] ?? 1)
}

function mbOf(text: string): number | undefined {
  const match = new RegExp(`^(${NUMBER}) ?(MB|GB)$`, 'i').exec(text)
  if (match === null) return undefined
  return Number(match[1]) * (match[2]?.toUpperCase() === 'GB' ? 1_024 : 1)
}
