import { describe, expect, it } from 'vitest'
import {
  type AccountShare,
  memoryRefusal,
  provisioningRefusal,
  reservationRefusal,
} from '../../../runtime/functions/concurrency-policy.ts'

const account = (asked: number, more: Partial<AccountShare> = {}): AccountShare => ({
  asked,
  available: asked,
  claimedByOthers: 0,
  ...more,
})

const BELOW = (minimum: number): string =>
  `Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its minimum value of [${minimum}].`

describe('a reservation', () => {
  it('leaves 100 of an account of more than 100', () => {
    expect(reservationRefusal(900, 0, account(1_000))).toBeUndefined()
    expect(reservationRefusal(901, 0, account(1_000))).toBe(BELOW(100))
    expect(reservationRefusal(0, 0, account(101))).toBeUndefined()
    expect(reservationRefusal(1, 0, account(101))).toBeUndefined()
    expect(reservationRefusal(2, 0, account(101))).toBe(BELOW(100))
  })

  it('counts what others have', () => {
    const others = account(1_000, { claimedByOthers: 850 })
    expect(reservationRefusal(50, 0, others)).toBeUndefined()
    expect(reservationRefusal(51, 0, others)).toBe(BELOW(100))
  })

  it('may take all of an account of at most 100, which keeps nothing', () => {
    expect(reservationRefusal(100, 0, account(100))).toBeUndefined()
    expect(reservationRefusal(101, 0, account(100))).toBe(BELOW(0))
  })

  it('is no less than what is provisioned, in Lambda’s words with their blanks', () => {
    expect(reservationRefusal(2, 2, account(1_000))).toBeUndefined()
    expect(reservationRefusal(1, 2, account(1_000))).toBe(
      " ReservedConcurrentExecutions  1 should not be lower than function's total provisioned concurrency [2].",
    )
  })

  it('is no more than this machine has, where that is less than an account', () => {
    const small = account(1_000, { available: 60, claimedByOthers: 20 })
    expect(reservationRefusal(40, 0, small)).toBeUndefined()
    expect(reservationRefusal(41, 0, small)).toBe(
      "ReservedConcurrentExecutions 41: this machine's account concurrency is 60, of which other functions have 20",
    )
  })
})

describe('provisioned concurrency', () => {
  it('is within the reservation of its function, whatever the account has', () => {
    const full = account(1_000, { claimedByOthers: 900 })
    expect(provisioningRefusal(3, 2, 5, full)).toBeUndefined()
    expect(provisioningRefusal(4, 2, 5, full)).toBe(
      'Requested Provisioned Concurrency should not be greater than the reservedConcurrentExecution for function',
    )
  })

  it('is otherwise within what is unreserved, of which 100 stay', () => {
    const share = account(1_000, { claimedByOthers: 700 })
    expect(provisioningRefusal(150, 50, undefined, share)).toBeUndefined()
    expect(provisioningRefusal(151, 50, undefined, share)).toBe(
      "Specified ConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its minimum value of [100].",
    )
    expect(provisioningRefusal(251, 50, undefined, share)).toBe(
      "Specified ConcurrentExecutions for function is greater than account's unreserved concurrency [250].",
    )
  })

  it('may take all of an account of at most 100', () => {
    expect(provisioningRefusal(10, 0, undefined, account(10))).toBeUndefined()
    expect(provisioningRefusal(11, 0, undefined, account(10))).toBe(
      "Specified ConcurrentExecutions for function is greater than account's unreserved concurrency [10].",
    )
  })

  it('is no more than this machine has', () => {
    const small = account(1_000, { available: 60, claimedByOthers: 20 })
    expect(provisioningRefusal(30, 10, undefined, small)).toBeUndefined()
    expect(provisioningRefusal(31, 10, undefined, small)).toBe(
      "ProvisionedConcurrentExecutions 31: this machine's account concurrency is 60, of which other functions have 20",
    )
  })
})

describe('memory for sandboxes that are held ready', () => {
  const share = { budgetMb: 1_000, takenMb: 360, eachMb: 16 }

  it('suffices up to the budget', () => {
    expect(memoryRefusal('Kept warm 40', 40, share)).toBeUndefined()
  })

  it('does not suffice beyond it, and all numbers are named', () => {
    expect(memoryRefusal('Kept warm 41', 41, share)).toBe(
      'Kept warm 41: 41 sandboxes of 16 MB each are more than this machine holds: its sandboxes may take 1000 MB, of which others take 360 MB',
    )
  })
})
