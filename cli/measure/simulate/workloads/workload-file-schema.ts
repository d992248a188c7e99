import { z } from 'zod'

/** A workload as a person writes it down: see `readWorkloadFile`. */

const MOST_PER_SECOND = 100_000
const RATE = `must be a number of requests a second, up to ${MOST_PER_SECOND}`
const COUNT = 'must be a whole number of requests, up to 10000000'
const MOMENT = 'must be milliseconds from the start'
const TIME = 'must be milliseconds, {"p50": …, "p90": …, "p99": …} or a list of measured ones'
const SECONDS = 'must be seconds, from 0.1 to 86400'

const rate = z.number(RATE).nonnegative(RATE).max(MOST_PER_SECOND, RATE)
const seconds = z.number(SECONDS).min(0.1, SECONDS).max(86_400, SECONDS)
const requests = z.int(COUNT).nonnegative(COUNT).max(10_000_000, COUNT)

const whole = (least: number, most: number, unit = '') => {
  const message = `must be a whole number from ${least} to ${most}${unit === '' ? '' : ` ${unit}`}`
  return z.int(message).min(least, message).max(most, message)
}

const milliseconds = z.number(TIME).nonnegative(TIME)
const median = z.number(TIME).min(0.001, 'must not be 0: a median')
const quantiles = z
  .strictObject({ p50: median, p90: milliseconds, p99: milliseconds }, TIME)
  .refine(({ p50, p90, p99 }) => p50 <= p90 && p90 <= p99, 'must not fall from p50 to p99')

/** How long something takes: always the same, by three quantiles, or as it was measured. */
const time = z.union([milliseconds, quantiles, z.array(milliseconds).min(1, TIME)], {
  error: (issue) => onlyReason(issue.errors) ?? TIME,
})

/** Of three forms that do not fit, what is said by the one that nearly does. */
const onlyReason = (errors: readonly (readonly { message: string }[])[] | undefined) =>
  errors?.flat().find(({ message }) => message.startsWith('must not'))?.message

const spacing = z.enum(['even', 'poisson'], "must be 'even' or 'poisson'").default('even')

const ascending = z
  .array(z.number(MOMENT).nonnegative(MOMENT), 'must be a list of milliseconds from the start')
  .superRefine((instants, context) => {
    const index = instants.findIndex((ms, at) => ms < (instants[at - 1] ?? 0))
    if (index === -1) return
    const message = `is ${instants[index]}: earlier than the one before it`
    context.addIssue({ code: 'custom', path: [index], message })
  })

const KINDS = "must be 'constant', 'poisson', 'ramp', 'steps', 'burst', 'instants' or 'counts'"

const arrivals = z.discriminatedUnion(
  'kind',
  [
    z.strictObject({ kind: z.literal('constant'), perSecond: rate }),
    z.strictObject({ kind: z.literal('poisson'), perSecond: rate }),
    z.strictObject({
      kind: z.literal('ramp'),
      fromPerSecond: rate,
      toPerSecond: rate,
      spacing,
    }),
    z.strictObject({
      kind: z.literal('steps'),
      perSecond: z.array(rate, 'must be a list of rates').min(1, 'must be a list of rates'),
      spacing,
    }),
    z.strictObject({
      kind: z.literal('burst'),
      perSecond: rate.default(0),
      size: requests,
      everySeconds: seconds,
      spacing,
    }),
    z.strictObject({ kind: z.literal('instants'), ms: ascending }),
    z.strictObject({
      kind: z.literal('counts'),
      per: z.enum(['second', 'minute'], "must be 'second' or 'minute'"),
      counts: z.array(requests, 'must be a list of counts').min(1, 'must be a list of counts'),
      spacing,
    }),
  ],
  KINDS,
)

const NAME = 'must be 1 to 64 letters, digits, - or _'

const simulatedFunction = z
  .strictObject({
    name: z.string(NAME).regex(/^[\w-]{1,64}$/, NAME),
    memoryMb: whole(128, 10_240, 'MB').default(128),
    timeoutSeconds: whole(1, 900, 'seconds').default(3),
    reserved: whole(0, 1_000_000).optional(),
    provisioned: whole(0, 1_000_000).default(0),
    runMs: time.optional(),
    coldStartMs: time.optional(),
    arrivals,
  })
  .superRefine(({ reserved, provisioned }, context) => {
    if (reserved === undefined || provisioned <= reserved) return
    const message = `is ${provisioned}: more than the ${reserved} reserved`
    context.addIssue({ code: 'custom', path: ['provisioned'], message })
  })

const ONE = 'must be a list of one function at least'

export const workloadFileSchema = z
  .strictObject(
    { durationSeconds: seconds.optional(), functions: z.array(simulatedFunction, ONE).min(1, ONE) },
    'must be an object with a list of functions',
  )
  .superRefine(({ functions }, context) => {
    const names = functions.map(({ name }) => name)
    const index = names.findIndex((name, at) => names.indexOf(name) < at)
    if (index === -1) return
    const message = `is '${names[index]}': another function has that name`
    context.addIssue({ code: 'custom', path: ['functions', index, 'name'], message })
  })

export type WorkloadFile = z.output<typeof workloadFileSchema>
export type FunctionEntry = WorkloadFile['functions'][number]
export type ArrivalsEntry = FunctionEntry['arrivals']
/** Milliseconds. */
export type TimeEntry = NonNullable<FunctionEntry['runMs']>
