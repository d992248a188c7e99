import { describe, expect, it } from 'vitest'
import { accountLimit } from '../../../runtime/scheduler/account-limit-policy.ts'

describe('the account limit', () => {
  it('is what was asked for where the machine holds it', () => {
    expect(accountLimit(1_000, 24 * 1_024)).toEqual({
      concurrency: 1_000,
      cappedBecause: undefined,
    })
  })

  it('is what the memory holds where that is less, and says so', () => {
    expect(accountLimit(1_000, 4_096)).toEqual({
      concurrency: 192,
      cappedBecause:
        'account concurrency is 192 instead of 1,000: that is what 4,096 MB of memory hold',
    })
  })

  it('is exact at the edge', () => {
    expect(accountLimit(192, 4_096).cappedBecause).toBeUndefined()
    expect(accountLimit(193, 4_096).concurrency).toBe(192)
  })

  it('leaves room for one even on the smallest machine', () => {
    expect(accountLimit(10, 8).concurrency).toBe(1)
  })
})
