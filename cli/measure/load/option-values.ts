import { z } from 'zod'

const UNITS_MS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 }
const LEAST_MS = 100
const MOST_MS = 86_400_000
const MOST_PER_SECOND = 100_000
const NUMBER = '\\d+(?:\\.\\d+)?'

const DURATION = 'must be a time such as 500ms, 30s, 5m or 1h, from 100ms to 24h'

/** `30s`; a plain number is seconds. */
export const duration = z
  .string()
  .transform((text) => durationMs(text) ?? Number.NaN)
  .pipe(z.number(DURATION).min(LEAST_MS, DURATION).max(MOST_MS, DURATION))

const RATE = `must be a number of requests a second, up to ${MOST_PER_SECOND}`

/** `200`, `0.5`. */
export const rate = z
  .string()
  .regex(new RegExp(`^${NUMBER}$`), RATE)
  .transform(Number)
  .pipe(z.number().positive(RATE).max(MOST_PER_SECOND, RATE))

/** `10..500`. */
export const ramp = parsed(
  new RegExp(`^(${NUMBER})\\.\\.(${NUMBER})$`),
  `must be two rates a second, such as 10..500, up to ${MOST_PER_SECOND}`,
  ([from, to]) => {
    const [fromPerSecond, toPerSecond] = [Number(from), Number(to)]
    const isPossible = fromPerSecond + toPerSecond > 0 && allWithin([fromPerSecond, toPerSecond])
    return isPossible ? ({ kind: 'ramp', fromPerSecond, toPerSecond } as const) : undefined
  },
)

/** `10,50,100`. */
export const steps = parsed(
  new RegExp(`^(${NUMBER}(?:,${NUMBER})+)$`),
  `must be rates a second with commas, such as 10,50,100, up to ${MOST_PER_SECOND}`,
  ([list = '']) => {
    const perSecond = list.split(',').map(Number)
    const isPossible = allWithin(perSecond) && perSecond.some((each) => each > 0)
    return isPossible ? ({ kind: 'step', perSecond } as const) : undefined
  },
)

/** `100/5s`: so many at once, every so often. */
export const burst = parsed(
  /^(\d+)\/(.+)$/,
  'must be a number of requests and how often they come, such as 100/5s',
  ([many, often = '']) => {
    const [size, everyMs] = [Number(many), durationMs(often)]
    const isPossible = size > 0 && size <= MOST_PER_SECOND && everyMs !== undefined
    return isPossible && everyMs >= LEAST_MS ? { size, everyMs } : undefined
  },
)

const HEADER = 'must be written as Name: value'

/** `Name: value`, repeated. */
export const headers = z
  .array(z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+:\s*[\t\x20-\x7e]*$/, HEADER))
  .transform((lines) =>
    Object.fromEntries(
      lines.map((line) => {
        const colon = line.indexOf(':')
        return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()]
      }),
    ),
  )

function parsed<Value>(
  pattern: RegExp,
  message: string,
  read: (groups: readonly string[]) => Value | undefined,
) {
  return z.string().transform((text, context): Value => {
    const groups = pattern.exec(text)?.slice(1)
    const value = groups === undefined ? undefined : read(groups)
    if (value !== undefined) return value
    context.addIssue({ code: 'custom', message })
    return z.NEVER
  })
}

const allWithin = (rates: readonly number[]): boolean =>
  rates.every((each) => each <= MOST_PER_SECOND)

function durationMs(text: string): number | undefined {
  const match = new RegExp(`^(${NUMBER})(ms|s|m|h)?$`).exec(text)
  return match === null ? undefined : Number(match[1]) * (UNITS_MS[match[2] ?? 's'] ?? 1)
}
