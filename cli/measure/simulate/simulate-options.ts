import { z } from 'zod'
import type { KeepAliveOptions } from '../../../runtime/scheduler/keep-alive/keep-alive.ts'
import {
  keepAliveText,
  parseKeepAlive,
} from '../../../runtime/scheduler/keep-alive/keep-alive-text.ts'
import { UsageError } from '../../exit-codes.ts'
import { count, rates, reuse, whole } from '../../options.ts'
import {
  checkTogether as checkLoadTogether,
  type LoadOptions,
  loadOptions,
} from '../load/load-options.ts'
import { ages, memoryAmount, span } from './simulate-values.ts'

const isEachOnce = (policies: readonly KeepAliveOptions[]): boolean =>
  new Set(policies.map(keepAliveText)).size === policies.length

/** What `load` has too, and means the same. */
const common = loadOptions.pick({
  rate: true,
  duration: true,
  arrivals: true,
  ramp: true,
  steps: true,
  burst: true,
  trace: true,
  seed: true,
  timeout: true,
  memory: true,
  reserved: true,
  region: true,
  json: true,
  csv: true,
  html: true,
})

/** The options of `sandlot simulate`, as they are typed. */
export const simulateOptions = common.extend({
  arrivals: common.shape.arrivals.unwrap().optional(),
  workload: z.string().optional(),
  azure2019: z.string().optional(),
  durations: z.string().optional(),
  appMemory: z.string().optional(),
  azure2021: z.string().optional(),
  first: count.optional(),
  sample: count.optional(),
  partOfDay: z.boolean().optional(),
  functions: whole(1, 100_000).optional(),
  share: z.enum(['even', 'zipf'], "must be 'even' or 'zipf'").optional(),
  runTime: span.optional(),
  coldStart: span.optional(),
  provisioned: whole(1, 1_000_000).optional(),
  profile: z.string().optional(),
  policy: z
    .string()
    .default('fixed:10m')
    .transform((list) => list.split(',').map(parseKeepAlive))
    .refine(isEachOnce, 'must not name one twice'),
  reuse: reuse.default('most-recent'),
  accountConcurrency: count.default(1_000),
  memoryBudget: memoryAmount.optional(),
  maxAge: ages.optional(),
  maxInvocations: count.optional(),
  rates: rates.default('lambda'),
})

export type SimulateOptions = z.output<typeof simulateOptions>

const COURSES = ['rate', 'ramp', 'steps', 'trace'] as const
const FILES = ['workload', 'azure2019', 'azure2021'] as const

/** Where the workload comes from. */
type Source = 'made up' | (typeof FILES)[number]

export function sourceOf(options: SimulateOptions): Source {
  return FILES.find((name) => options[name] !== undefined) ?? 'made up'
}

/** Options of functions that are made up here: files bring their own. */
const MADE_UP_ONLY = [
  'duration',
  'arrivals',
  'burst',
  'functions',
  'share',
  'reserved',
  'provisioned',
] as const

/** What each option allows and two together do not. */
export function checkTogether(options: SimulateOptions): void {
  checkLoadTogether(asLoadOptions(options))
  const sources = [...COURSES, ...FILES].filter((name) => options[name] !== undefined)
  const flags = sources.map(flag)
  if (flags.length === 0) {
    throw new UsageError(
      'nothing says what is simulated',
      'Give --rate, --ramp, --steps, --trace, --workload, --azure2019 or --azure2021.',
    )
  }
  if (flags.length > 1) {
    throw new UsageError(`${flags.join(' and ')}: only one of them can say what is simulated`)
  }
  checkFor(sourceOf(options), options)
}

function checkFor(source: Source, options: SimulateOptions): void {
  const brings = (names: readonly (keyof SimulateOptions)[], what: string): void => {
    const name = names.find((each) => options[each] !== undefined)
    if (name !== undefined) throw new UsageError(`${flag(name)} ${what}`)
  }
  if (source !== 'made up') {
    brings(MADE_UP_ONLY, `is for functions that are made up: ${flag(source)} has its own`)
  }
  if (source === 'workload') {
    brings(['memory', 'timeout'], 'is for functions that have none: --workload has their own')
  }
  if (source === 'azure2021') {
    brings(['runTime'], 'is for functions that have none: --azure2021 has one for each invocation')
  }
  if (source !== 'azure2019') {
    brings(['durations', 'appMemory', 'partOfDay'], 'belongs to --azure2019')
  }
  if (source !== 'azure2019' && source !== 'azure2021') {
    brings(['first', 'sample'], 'belongs to --azure2019 and --azure2021')
  }
  if (options.first !== undefined) brings(['sample'], 'and --first: only one of them can choose')
  const { reserved, provisioned = 0 } = options
  if (reserved !== undefined && provisioned > reserved) {
    throw new UsageError(`--provisioned ${provisioned} is more than --reserved ${reserved}`)
  }
}

/** The same course of a rate as `load` would send. */
export function asLoadOptions(options: SimulateOptions): LoadOptions {
  const { rate, duration, arrivals, ramp, steps, burst, trace } = options
  return {
    ...loadOptions.parse({}),
    rate,
    duration,
    arrivals: arrivals ?? 'constant',
    ramp,
    steps,
    burst,
    trace,
  }
}

/** As it is typed. */
const flag = (name: string): string =>
  `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
