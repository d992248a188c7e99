import { SandlotError } from '../../kernel/errors.ts'
import type { KeepAliveOptions } from './keep-alive.ts'

/**
 * A keep-alive policy as a person writes it: `fixed:10m`, `drawn:5m..20m`, `hybrid`, `greedy-dual` or
 * `none`. A time is a number, with decimals if need be, and `ms`, `s`, `m` or `h`: from 1ms to 24h,
 * to the nearest microsecond.
 *
 * @throws SandlotError `InvalidParameterValue` that says what was given, what may be, and an example.
 */
export function parseKeepAlive(text: string): KeepAliveOptions {
  const [kind, times] = splitOnce(text, ':')
  switch (kind) {
    case 'fixed':
      return { kind, lifetimeUs: timeUs(text, times ?? '', 'fixed:10m') }
    case 'drawn':
      return parseDrawn(text, times ?? '')
    case 'hybrid':
    case 'greedy-dual':
    case 'none':
      if (times === undefined) return { kind }
      throw refusal(text, `takes no time: write '${kind}'`)
    default:
      throw refusal(
        text,
        "must be fixed:TIME, drawn:TIME..TIME, hybrid, greedy-dual or none, such as 'fixed:10m'",
      )
  }
}

/** The shortest text that `parseKeepAlive` reads as the same policy. */
export function keepAliveText(options: KeepAliveOptions): string {
  switch (options.kind) {
    case 'fixed':
      return `fixed:${timeText(options.lifetimeUs)}`
    case 'drawn':
      return `drawn:${timeText(options.leastUs)}..${timeText(options.mostUs)}`
    default:
      return options.kind
  }
}

function parseDrawn(text: string, times: string): KeepAliveOptions {
  const [least, most] = splitOnce(times, '..')
  if (most === undefined) {
    throw refusal(text, `takes two times with '..' between them, such as '${DRAWN}'`)
  }
  const leastUs = timeUs(text, least, DRAWN)
  const mostUs = timeUs(text, most, DRAWN)
  if (leastUs > mostUs) {
    throw refusal(text, `the first time is the longer one: write 'drawn:${most}..${least}'`)
  }
  return { kind: 'drawn', leastUs, mostUs }
}

function timeUs(text: string, time: string, example: string): number {
  const us = readUs(time)
  if (us !== undefined && us >= LEAST_US && us <= MOST_US) return us
  throw refusal(
    text,
    `'${time}' must be a time from 1ms to 24h, in ms, s, m or h, such as '${example}'`,
  )
}

function readUs(time: string): number | undefined {
  const [, amount, unit] = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(time) ?? []
  if (amount === undefined || unit === undefined) return undefined
  return Math.round(Number(amount) * US_PER_UNIT[unit as Unit])
}

/** The shortest one; of equally short ones that of the largest unit. */
function timeText(us: number): string {
  const texts = (['h', 'm', 's', 'ms'] as const).map((unit) => `${us / US_PER_UNIT[unit]}${unit}`)
  return texts.filter((time) => readUs(time) === us).reduce(shorter)
}

const shorter = (a: string, b: string): string => (b.length < a.length ? b : a)

const refusal = (text: string, problem: string): SandlotError =>
  new SandlotError('InvalidParameterValue', `Keep-alive '${text}': ${problem}`)

function splitOnce(text: string, separator: string): [string, string | undefined] {
  const at = text.indexOf(separator)
  return at === -1 ? [text, undefined] : [text.slice(0, at), text.slice(at + separator.length)]
}

const US_PER_UNIT = { ms: 1_000, s: 1_000_000, m: 60_000_000, h: 3_600_000_000 } as const
type Unit = keyof typeof US_PER_UNIT

const LEAST_US = US_PER_UNIT.ms
const MOST_US = 24 * US_PER_UNIT.h
const DRAWN = 'drawn:5m..20m'
