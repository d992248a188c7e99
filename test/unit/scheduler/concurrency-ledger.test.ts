import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { admit } from '../../../runtime/scheduler/admission-policy.ts'
import { ConcurrencyLedger } from '../../../runtime/scheduler/concurrency-ledger.ts'

const reserve = (ledger: ConcurrencyLedger, key: string, reservedConcurrency?: number): void =>
  ledger.setReservation({ key, timeoutUs: 1, reservedConcurrency })

describe('the concurrency ledger', () => {
  it('tells all that admission depends on', () => {
    const ledger = new ConcurrencyLedger(10)
    reserve(ledger, 'a', 3)
    reserve(ledger, 'b', 4)
    for (const key of ['a', 'a', 'c', 'd', 'd', 'd']) ledger.take(key)
    expect(ledger.snapshot('a')).toEqual({
      accountLimit: 10,
      reservedInTotal: 7,
      reserved: 3,
      totalInFlight: 6,
      functionInFlight: 2,
      unreservedInFlight: 4,
    })
    expect(ledger.snapshot('e')).toMatchObject({ reserved: undefined, functionInFlight: 0 })
  })

  it('counts what runs for the unreserved pool as soon as a reservation is removed', () => {
    const ledger = new ConcurrencyLedger(10)
    reserve(ledger, 'a', 3)
    ledger.take('a')
    expect(ledger.snapshot('a').unreservedInFlight).toBe(0)
    reserve(ledger, 'a')
    expect(ledger.snapshot('a')).toMatchObject({ unreservedInFlight: 1, reservedInTotal: 0 })
  })

  it('does not give back what was not taken', () => {
    const ledger = new ConcurrencyLedger(1)
    ledger.take('a')
    ledger.release('a')
    expect(() => ledger.release('a')).toThrow("concurrency of 'a' released below zero")
  })

  it('with admission, never runs more than the account, a reservation or the pool allows', () => {
    const key = fc.constantFrom('a', 'b', 'c', 'd')
    const limits = fc.record({
      account: fc.integer({ min: 1, max: 12 }),
      a: fc.integer({ min: 0, max: 8 }),
      b: fc.integer({ min: 0, max: 8 }),
    })
    const acts = fc.array(fc.tuple(key, fc.boolean()), { maxLength: 100 })
    fc.assert(
      fc.property(limits, acts, ({ account, a, b }, steps) => {
        const ledger = new ConcurrencyLedger(account)
        reserve(ledger, 'a', a)
        reserve(ledger, 'b', b)
        const running: Record<string, number> = { a: 0, b: 0, c: 0, d: 0 }
        for (const [name, arrives] of steps) {
          const now = running[name] as number
          if (arrives && admit(ledger.snapshot(name)).admitted) {
            ledger.take(name)
            running[name] = now + 1
          } else if (!arrives && now > 0) {
            ledger.release(name)
            running[name] = now - 1
          }
          const { a: ofA = 0, b: ofB = 0, c: ofC = 0, d: ofD = 0 } = running
          expect(ledger.total()).toBe(ofA + ofB + ofC + ofD)
          expect(ledger.total()).toBeLessThanOrEqual(account)
          expect(ofA).toBeLessThanOrEqual(a)
          expect(ofB).toBeLessThanOrEqual(b)
          expect(ofC + ofD).toBeLessThanOrEqual(Math.max(0, account - a - b))
        }
      }),
    )
  })

  it('leaves to a function with a reservation all that is reserved for it', () => {
    const ledger = new ConcurrencyLedger(5)
    reserve(ledger, 'a', 2)
    while (admit(ledger.snapshot('b')).admitted) ledger.take('b')
    expect(ledger.total()).toBe(3)
    for (const granted of [true, true, false]) {
      const { admitted } = admit(ledger.snapshot('a'))
      expect(admitted).toBe(granted)
      if (admitted) ledger.take('a')
    }
  })
})
