import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { UsageError } from '../../../../cli/exit-codes.ts'
import { planOf } from '../../../../cli/measure/simulate/plan-of.ts'
import {
  checkTogether,
  simulateOptions,
} from '../../../../cli/measure/simulate/simulate-options.ts'
import { settingsFor } from '../../../../cli/measure/simulate/simulate-plan.ts'
import { checkOptions } from '../../../../cli/options.ts'
import { isSandlotError } from '../../../../runtime/kernel/errors.ts'
import { seededRandom } from '../../../../runtime/kernel/random.ts'
import { LAMBDA_RATES, NO_RATES } from '../../../../runtime/scheduler/scheduler-options.ts'

const folder = mkdtempSync(join(tmpdir(), 'sandlot-simulate-options-'))
afterAll(() => rmSync(folder, { recursive: true }))

type Given = Readonly<Record<string, unknown>>

function plan(given: Given) {
  const options = checkOptions(simulateOptions, given)
  checkTogether(options)
  return planOf(options)
}

/** The whole text of what is said, hint included. */
function refusal(given: Given): string {
  try {
    plan(given)
  } catch (error) {
    if (!(error instanceof UsageError) && !isSandlotError(error)) throw error
    return [error.message, error.hint].filter((text) => text !== undefined).join(' | ')
  }
  return 'nothing is refused'
}

const RATE = { rate: '5' }

describe('what options ask to be simulated', () => {
  it('is made-up functions with Lambda’s defaults, unless they say otherwise', () => {
    const { workload, rules, policies, warnings } = plan({ ...RATE, duration: '1m', seed: '3' })
    expect(workload.functions).toMatchObject([
      { memoryMb: 128, timeoutUs: 3_000_000, reserved: undefined, provisioned: 0 },
    ])
    expect(workload.planned).toBe(300)
    expect(policies).toEqual([{ kind: 'fixed', lifetimeUs: 600_000_000 }])
    expect(rules).toEqual({
      accountConcurrency: 1_000,
      memoryBudgetMb: null,
      reuse: 'most-recent',
      maxAgeMs: null,
      maxInvocations: null,
      rates: 'lambda',
    })
    expect(warnings).toEqual([
      'Without --run-time handlers run as the published one, which does nothing',
    ])
    const functions = { functions: '3', share: 'zipf', memory: '512', timeout: '9' }
    const many = plan({ ...RATE, ...functions, reserved: '20', provisioned: '5' }).workload
    expect(many.functions).toHaveLength(3)
    expect(many.functions[2]).toMatchObject({
      memoryMb: 512,
      timeoutUs: 9_000_000,
      reserved: 20,
      provisioned: 5,
    })
  })

  it('has the same seed as is given, and else a new one', () => {
    expect(plan({ ...RATE, seed: '42' }).seed).toBe(42)
    const seeds = Array.from({ length: 4 }, () => plan(RATE).seed)
    expect(new Set(seeds).size).toBeGreaterThan(1)
  })

  it('has the rules of the command line for every policy', () => {
    const limits = { accountConcurrency: '50', memoryBudget: '1.5GB', reuse: 'least-recent' }
    const recycling = { maxAge: '2h..8h', maxInvocations: '100' }
    const policy = 'drawn:5m..20m,hybrid'
    const asked = plan({ ...RATE, ...limits, ...recycling, rates: 'unlimited', policy, seed: '1' })
    const [first] = asked.policies
    if (first === undefined) return expect.unreachable('there is a policy')
    expect(settingsFor(asked, first)).toEqual({
      seed: 1,
      accountLimit: 50,
      memoryBudgetMb: 1_536,
      maxParallelStarts: Number.POSITIVE_INFINITY,
      keepAlive: { kind: 'drawn', leastUs: 300_000_000, mostUs: 1_200_000_000 },
      reuse: 'least-recent',
      recycling: {
        leastAgeUs: 7_200_000_000,
        mostAgeUs: 28_800_000_000,
        afterInvocations: 100,
      },
      rates: NO_RATES,
    })
    const usual = plan({ ...RATE, maxAge: '4h' })
    const settings = settingsFor(usual, { kind: 'hybrid' })
    expect(settings).toMatchObject({
      memoryBudgetMb: Number.POSITIVE_INFINITY,
      recycling: { leastAgeUs: 14_400_000_000, mostAgeUs: 14_400_000_000 },
      rates: LAMBDA_RATES,
    })
    expect(settings.recycling.afterInvocations).toBe(Number.POSITIVE_INFINITY)
  })

  it('says of greedy-dual without a budget that it keeps everything', () => {
    const policy = 'fixed:1m,greedy-dual'
    const warning = 'Without --memory-budget greedy-dual keeps every sandbox'
    expect(plan({ ...RATE, policy, runTime: '1s' }).warnings).toEqual([warning])
    expect(plan({ ...RATE, policy, runTime: '1s', memoryBudget: '4GB' }).warnings).toEqual([])
  })
})

describe('the times of a simulation', () => {
  const random = seededRandom(1)
  const modelOf = (given: Given) => {
    const { workload, latency } = plan({ ...RATE, ...given })
    const [first] = workload.functions
    if (first === undefined) return expect.unreachable('there is a function')
    return { model: first.latency, latency }
  }

  it('are published ones that are called so, where nothing else is given', () => {
    const { latency } = modelOf({})
    expect(latency.kind).toBe('published')
    expect(latency.text).toMatch(/nodejs22\.x.*not measured here/)
    expect(modelOf({ profile: 'aws:rust' }).latency.text).toMatch(/rust/)
  })

  it('are those of the command line where it gives them, and the profile’s elsewhere', () => {
    const given = modelOf({ coldStart: '0.2s', runTime: '50ms' })
    expect(given.latency).toEqual({
      kind: 'given',
      text: 'cold starts of 200 ms and runs of 50 ms, as given',
    })
    expect(given.model.coldStart(random)).toEqual({ totalUs: 200_000, initUs: 200_000 })
    expect(given.model.firstRunUs(random)).toBe(50_000)
    expect(given.model.overheadUs(random)).toBe(0)
    const run = modelOf({ runTime: '50ms' })
    expect(run.latency.text).toMatch(/^runs of 50 ms, as given; all else: AWS Lambda, nodejs22/)
    expect(run.model.runUs(random)).toBe(50_000)
    expect(run.model.coldStart(random).totalUs).toBeGreaterThan(50_000)
    const cold = modelOf({ coldStart: '2', profile: 'aws:go' })
    expect(cold.model.coldStart(random).totalUs).toBe(2_000_000)
    expect(cold.latency.kind).toBe('published')
  })
})

const SPAN = 'must be a time such as 2ms, 0.5s or 3m, up to 15m'
const AGE = 'must be a time such as 4h, or two such as 2h..8h, from 1s to 336h'
const MEMORY = 'must be an amount of memory such as 512MB or 16GB, from 128MB to 1000000GB'
const ONE = 'only one of them can say what is simulated'
const MADE_UP = 'is for functions that are made up'

it.each<[Given, string]>([
  [
    {},
    'nothing says what is simulated | Give --rate, --ramp, --steps, --trace, --workload, --azure2019 or --azure2021.',
  ],
  [{ rate: '0' }, '--rate 0: must be a number of requests a second, up to 100000'],
  [{ rate: '5', workload: 'w.json' }, `--rate and --workload: ${ONE}`],
  [{ azure2019: 'a', azure2021: 'b' }, `--azure2019 and --azure2021: ${ONE}`],
  [
    { rate: '5', ramp: '1..2' },
    '--rate and --ramp: only one of them can say how many requests there are',
  ],
  [{ ramp: '1..2', burst: '5/1s' }, '--burst comes on top of --rate, and not of --ramp'],
  [{ azure2021: 'a', duration: '5s' }, `--duration ${MADE_UP}: --azure2021 has its own`],
  [{ workload: 'a', reserved: '5' }, `--reserved ${MADE_UP}: --workload has its own`],
  [{ azure2019: 'a', share: 'even' }, `--share ${MADE_UP}: --azure2019 has its own`],
  [
    { workload: 'a', memory: '128' },
    '--memory is for functions that have none: --workload has their own',
  ],
  [
    { azure2021: 'a', runTime: '1s' },
    '--run-time is for functions that have none: --azure2021 has one for each invocation',
  ],
  [{ rate: '5', appMemory: 'a' }, '--app-memory belongs to --azure2019'],
  [{ azure2021: 'a', partOfDay: true }, '--part-of-day belongs to --azure2019'],
  [{ rate: '5', sample: '5' }, '--sample belongs to --azure2019 and --azure2021'],
  [
    { azure2019: 'a', first: '5', sample: '5' },
    '--sample and --first: only one of them can choose',
  ],
  [{ rate: '5', reserved: '4', provisioned: '5' }, '--provisioned 5 is more than --reserved 4'],
  [{ rate: '5', reserved: '4', provisioned: '4' }, 'nothing is refused'],
  [{ rate: '5', reserved: '900' }, 'nothing is refused'],
  [
    { rate: '5', functions: '2', reserved: '451' },
    "2 functions reserved 902 of the account's 1,000: 100 have to stay unreserved, as on Lambda | Reserve less, or give a larger --account-concurrency.",
  ],
  [
    { rate: '5', policy: 'fixed:1m,hybrid,fixed:60s' },
    '--policy fixed:1m,hybrid,fixed:60s: must not name one twice',
  ],
  [
    { rate: '5', policy: 'forever' },
    "Keep-alive 'forever': must be fixed:TIME, drawn:TIME..TIME, hybrid, greedy-dual or none, such as 'fixed:10m'",
  ],
  [{ rate: '5', reuse: 'any' }, "--reuse any: must be 'most-recent' or 'least-recent'"],
  [{ rate: '5', rates: 'none' }, "--rates none: must be 'lambda' or 'unlimited'"],
  [{ rate: '5', share: 'some' }, "--share some: must be 'even' or 'zipf'"],
  [{ rate: '5', runTime: '15.1m' }, `--run-time 15.1m: ${SPAN}`],
  [{ rate: '5', runTime: '15m' }, 'nothing is refused'],
  [{ rate: '5', coldStart: '1d' }, `--cold-start 1d: ${SPAN}`],
  [{ rate: '5', maxAge: '8h..2h' }, `--max-age 8h..2h: ${AGE}`],
  [{ rate: '5', maxAge: '999ms' }, `--max-age 999ms: ${AGE}`],
  [{ rate: '5', maxAge: '1s' }, 'nothing is refused'],
  [{ rate: '5', maxAge: '1h..336.1h' }, `--max-age 1h..336.1h: ${AGE}`],
  [{ rate: '5', maxAge: '1h..2h..3h' }, `--max-age 1h..2h..3h: ${AGE}`],
  [{ rate: '5', memoryBudget: '127MB' }, `--memory-budget 127MB: ${MEMORY}`],
  [{ rate: '5', memoryBudget: '128MB' }, 'nothing is refused'],
  [{ rate: '5', memoryBudget: '16' }, `--memory-budget 16: ${MEMORY}`],
  [{ rate: '5', memoryBudget: '1000001GB' }, `--memory-budget 1000001GB: ${MEMORY}`],
  [
    { rate: '5', profile: 'aws:cobol' },
    expect.stringMatching(/^--profile aws:cobol: nothing was published of 'cobol'/) as string,
  ],
  [
    { rate: '5', region: 'mars-1' },
    expect.stringMatching(/^--region mars-1: its prices are not known/) as string,
  ],
])('of %j it is said: %s', (given, text) => {
  expect(refusal(given)).toEqual(text)
})

it('a trace of --trace is read as load reads it', () => {
  const path = join(folder, 'trace.csv')
  writeFileSync(path, 'per_second\n2\n3\n')
  expect(plan({ trace: path }).workload).toMatchObject({ planned: 5, durationUs: 2_000_000 })
})
