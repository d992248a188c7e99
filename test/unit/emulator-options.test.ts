import { describe, expect, it } from 'vitest'
import { type EmulatorOptions, parseEmulatorOptions } from '../../runtime/emulator-options.ts'
import { isSandlotError } from '../../runtime/kernel/errors.ts'
import { LAMBDA_RATES, NO_RATES, NO_RECYCLING } from '../../runtime/scheduler/scheduler-options.ts'

function refusal(options: object): string {
  try {
    parseEmulatorOptions(options as EmulatorOptions)
  } catch (error) {
    if (isSandlotError(error) && error.code === 'InvalidParameterValue') return error.message
  }
  return expect.fail('it was not refused')
}

const HOUR_US = 3_600_000_000

describe('the options of the emulator', () => {
  it('are Lambda’s where none are given', () => {
    const options = parseEmulatorOptions({})
    expect(options).toMatchObject({
      accountConcurrency: 1_000,
      keepAlive: { kind: 'fixed', lifetimeUs: 600_000_000 },
      reuse: 'most-recent',
      recycling: {
        leastAgeUs: 2 * HOUR_US,
        mostAgeUs: 8 * HOUR_US,
        afterInvocations: Number.POSITIVE_INFINITY,
      },
      rates: LAMBDA_RATES,
      limitsControlCalls: true,
    })
    expect(options.memoryBudgetMb).toBeUndefined()
    expect(options.seed).toBeUndefined()
  })

  it('are what is given', () => {
    expect(
      parseEmulatorOptions({
        keepAlive: 'drawn:5m..20m',
        recycling: { ageMs: [1_000, 2_000], afterInvocations: 7 },
        rates: 'unlimited',
        callerRequestsPerSecond: 5,
        memoryBudgetMb: 64,
        seed: 4_294_967_295,
      }),
    ).toMatchObject({
      keepAlive: { kind: 'drawn', leastUs: 300_000_000, mostUs: 1_200_000_000 },
      recycling: { leastAgeUs: 1_000_000, mostAgeUs: 2_000_000, afterInvocations: 7 },
      rates: { ...NO_RATES, callerRequestsPerSecond: 5 },
      limitsControlCalls: false,
      memoryBudgetMb: 64,
      seed: 4_294_967_295,
    })
    expect(parseEmulatorOptions({ recycling: 'none' }).recycling).toEqual(NO_RECYCLING)
    expect(parseEmulatorOptions({ recycling: { afterInvocations: 7 } }).recycling).toEqual({
      leastAgeUs: 2 * HOUR_US,
      mostAgeUs: 8 * HOUR_US,
      afterInvocations: 7,
    })
  })

  const own = (says: string): string => `Options of the emulator: ${says}`
  const AGE = 'recycling.ageMs must be two whole numbers of milliseconds, the lesser one first'

  const RECYCLING = "recycling must be 'none', or have ageMs: [least, most] or afterInvocations"

  it.each([
    [{ idleTimeoutMs: 5 }, own("there is no option 'idleTimeoutMs'")],
    [{ memoryBudgetMb: 63 }, own('memoryBudgetMb must be a whole number from 64 to 67108864')],
    [{ seed: -1 }, own('seed must be a whole number from 0 to 4294967295')],
    [{ rates: 'none' }, own("rates must be 'lambda' or 'unlimited'")],
    [{ reuse: 'any' }, own("reuse must be 'most-recent' or 'least-recent'")],
    [{ keepAlive: 10 }, own("keepAlive must be text, such as 'fixed:10m'")],
    [
      { callerRequestsPerSecond: 0 },
      own('callerRequestsPerSecond must be a whole number from 1 to 1000000'),
    ],
    [{ recycling: { ageMs: [2, 1] } }, own(AGE)],
    [{ recycling: { ageMs: [1] } }, own(RECYCLING)],
    [{ recycling: { ageMs: [0, 1] } }, own(AGE.replace('ageMs', 'ageMs.0'))],
    [
      { recycling: { afterInvocations: 0 } },
      own('recycling.afterInvocations must be a whole number from 1 to 1000000000'),
    ],
    [{ recycling: 'never' }, own(RECYCLING)],
    [
      { keepAlive: 'fixed' },
      "Keep-alive 'fixed': '' must be a time from 1ms to 24h, in ms, s, m or h, such as 'fixed:10m'",
    ],
  ])('are refused: %j', (options, says) => {
    expect(refusal(options)).toBe(says)
  })
})
