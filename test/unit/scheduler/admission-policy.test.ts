import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type AdmissionSnapshot,
  admit,
  admitEnvironment,
} from '../../../runtime/scheduler/admission-policy.ts'

const free: AdmissionSnapshot = {
  accountLimit: 100,
  totalInFlight: 0,
  unreservedPool: 60,
  unreservedInFlight: 0,
  reserved: undefined,
  functionProvisioned: 0,
  functionOnDemand: 0,
  provisionedIsFree: false,
  callerRateAllows: true,
  requestRateAllows: true,
}

const said = (changes: Partial<AdmissionSnapshot>): string => {
  const admission = admit({ ...free, ...changes })
  if (!admission.admitted) return admission.reason
  return admission.provisioned ? 'provisioned' : 'on demand'
}

const RESERVED = 'ReservedFunctionConcurrentInvocationLimitExceeded'
const ACCOUNT = 'ConcurrentInvocationLimitExceeded'

describe('admission', () => {
  it('admits the last one that the unreserved pool holds and refuses the next', () => {
    expect(said({ unreservedInFlight: 59 })).toBe('on demand')
    expect(said({ unreservedInFlight: 60 })).toBe(ACCOUNT)
  })

  it('admits the last one of a reservation and refuses the next', () => {
    expect(said({ reserved: 10, functionOnDemand: 9 })).toBe('on demand')
    expect(said({ reserved: 10, functionOnDemand: 10 })).toBe(RESERVED)
  })

  it('leaves to what runs on demand only what is reserved and not provisioned', () => {
    const within = { reserved: 10, functionProvisioned: 4 }
    expect(said({ ...within, functionOnDemand: 5 })).toBe('on demand')
    expect(said({ ...within, functionOnDemand: 6 })).toBe(RESERVED)
    expect(said({ reserved: 4, functionProvisioned: 4 })).toBe(RESERVED)
  })

  it('lets no reservation exceed what the account has', () => {
    expect(said({ reserved: 200, totalInFlight: 99 })).toBe('on demand')
    expect(said({ reserved: 200, totalInFlight: 100 })).toBe(ACCOUNT)
  })

  it('honours a reservation though the unreserved pool is used up', () => {
    expect(said({ reserved: 1, unreservedInFlight: 60 })).toBe('on demand')
  })

  it('takes what is provisioned first, and whatever else is used up', () => {
    expect(said({ provisionedIsFree: true })).toBe('provisioned')
    const usedUp = { totalInFlight: 100, unreservedInFlight: 60, requestRateAllows: false }
    expect(said({ ...usedUp, provisionedIsFree: true })).toBe('provisioned')
    expect(said({ provisionedIsFree: true, reserved: 0 })).toBe(RESERVED)
  })

  it('names the rate that was exceeded', () => {
    expect(said({ requestRateAllows: false })).toBe('FunctionInvocationRateLimitExceeded')
    expect(said({ requestRateAllows: false, reserved: 1 })).toBe(
      'ReservedFunctionInvocationRateLimitExceeded',
    )
    expect(said({ callerRateAllows: false, unreservedInFlight: 60 })).toBe(
      'CallerRateLimitExceeded',
    )
    expect(admitEnvironment(true, undefined).admitted).toBe(true)
    expect(admitEnvironment(false, undefined)).toMatchObject({
      reason: 'FunctionInvocationRateLimitExceeded',
      isRate: true,
    })
    expect(admitEnvironment(false, 1)).toMatchObject({
      reason: 'ReservedFunctionInvocationRateLimitExceeded',
    })
  })

  it('names concurrency before the rate', () => {
    expect(said({ unreservedInFlight: 60, requestRateAllows: false })).toBe(ACCOUNT)
    expect(said({ reserved: 1, functionOnDemand: 1, requestRateAllows: false })).toBe(RESERVED)
  })

  it('never admits on demand beyond a bound, and refuses only where one is reached', () => {
    const few = fc.integer({ min: 0, max: 5 })
    const snapshots: fc.Arbitrary<AdmissionSnapshot> = fc.record({
      accountLimit: fc.integer({ min: 1, max: 5 }),
      totalInFlight: few,
      unreservedPool: few,
      unreservedInFlight: few,
      reserved: fc.option(few, { nil: undefined }),
      functionProvisioned: few,
      functionOnDemand: few,
      provisionedIsFree: fc.boolean(),
      callerRateAllows: fc.boolean(),
      requestRateAllows: fc.boolean(),
    })
    fc.assert(
      fc.property(snapshots, (snapshot) => {
        const { accountLimit, totalInFlight, reserved, functionOnDemand } = snapshot
        const ofFunction =
          reserved === undefined
            ? snapshot.unreservedInFlight >= snapshot.unreservedPool
            : functionOnDemand >= reserved - snapshot.functionProvisioned
        const isReached = totalInFlight >= accountLimit || ofFunction || !snapshot.requestRateAllows
        const admission = admit(snapshot)
        const isOpen = snapshot.callerRateAllows && reserved !== 0
        const expected = isOpen && (snapshot.provisionedIsFree || !isReached)
        expect(admission.admitted).toBe(expected)
      }),
    )
  })
})
