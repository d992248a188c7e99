import { z } from 'zod'
import { UsageError } from '../../exit-codes.ts'
import {
  count,
  cpu,
  isolation,
  keepAlive,
  memoryMb,
  rates,
  seed,
  timeoutSeconds,
  whole,
} from '../../options.ts'
import { burst, duration, headers, ramp, rate, steps } from './option-values.ts'

/** The options of `sandlot load`, as they are typed. */
export const loadOptions = z.object({
  rate: rate.optional(),
  duration: duration.optional(),
  arrivals: z.enum(['constant', 'poisson'], "must be 'constant' or 'poisson'").default('constant'),
  ramp: ramp.optional(),
  steps: steps.optional(),
  burst: burst.optional(),
  trace: z.string().optional(),
  concurrency: whole(1, 10_000).optional(),
  seed: seed.optional(),
  maxInFlight: whole(1, 50_000).default(10_000),
  allowDrops: z.boolean().default(false),
  event: z.string().optional(),
  timeout: timeoutSeconds.optional(),
  memory: memoryMb.optional(),
  isolation: isolation.optional(),
  cpu: cpu.optional(),
  reserved: whole(0, 1_000_000).optional(),
  accountConcurrency: count.optional(),
  rates: rates.optional(),
  keepAlive: keepAlive.optional(),
  endpoint: z.string().optional(),
  region: z.string().default('us-east-1'),
  method: z
    .string()
    .regex(/^[A-Z]+$/, 'must be a method such as GET or POST')
    .optional(),
  header: headers.optional(),
  json: z.string().optional(),
  csv: z.string().optional(),
  html: z.string().optional(),
  traceEvents: z.string().optional(),
  assert: z.array(z.string()).default([]),
  junit: z.string().optional(),
  live: z.boolean().default(true),
})

export type LoadOptions = z.output<typeof loadOptions>

const COURSES = ['rate', 'ramp', 'steps', 'trace', 'concurrency'] as const

/** What each option allows and two together do not. */
export function checkTogether(options: LoadOptions): void {
  const courses = COURSES.filter((name) => options[name] !== undefined)
  if (courses.length > 1) {
    const named = courses.map((name) => `--${name}`).join(' and ')
    throw new UsageError(`${named}: only one of them can say how many requests there are`)
  }
  const [course = 'rate'] = courses
  if (options.burst !== undefined && course !== 'rate') {
    throw new UsageError(`--burst comes on top of --rate, and not of --${course}`)
  }
  if (options.arrivals === 'poisson' && course === 'concurrency') {
    throw new UsageError(
      '--arrivals is about requests that are planned; with --concurrency none is',
    )
  }
}

/** Options that only a function of this command's own controller has. */
const OWN_ONLY = [
  ['memory', '--memory'],
  ['isolation', '--isolation'],
  ['cpu', '--cpu'],
  ['reserved', '--reserved'],
  ['accountConcurrency', '--account-concurrency'],
  ['rates', '--rates'],
  ['keepAlive', '--keep-alive'],
  ['traceEvents', '--trace-events'],
] as const

/** Options that only a plain URL has. */
const URL_ONLY = [
  ['method', '--method'],
  ['header', '--header'],
] as const

/** Nothing is asked for that the target does not have. */
export function checkFor(kind: 'function' | 'lambda' | 'url', options: LoadOptions): void {
  for (const [name, flag] of kind === 'function' ? [] : OWN_ONLY) {
    if (options[name] === undefined) continue
    throw new UsageError(`${flag} is for functions that run here, and not for what runs elsewhere`)
  }
  for (const [name, flag] of kind === 'url' ? [] : URL_ONLY) {
    if (options[name] === undefined) continue
    throw new UsageError(`${flag} is for URLs: an invocation has its own`)
  }
}
