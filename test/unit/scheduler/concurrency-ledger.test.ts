import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { admit } from '../../../runtime/scheduler/admission-policy.ts'
import {
  ConcurrencyLedger,
  type FunctionAccount,
} from '../../../runtime/scheduler/concurrency-ledger.ts'
import { NO_RATES } from '../../../runtime/scheduler/scheduler-options.ts'

/** A ledger without rates, at the instant 0, in which functions are named. */
class Ledger {
  readonly #ledger: ConcurrencyLedger

  constructor(accountLimit: number) {
    this.#ledger = new ConcurrencyLedger(accountLimit, NO_RATES)
  }

  account = (key: string): FunctionAccount => this.#ledger.account(key, 0)
  reserve = (key: string, reserved?: number) => this.#ledger.reserve(this.account(key), reserved, 0)
  provision = (key: string, more: number) => this.#ledger.provision(this.account(key), more)
  take = (key: string) => this.#ledger.take(this.account(key), 'on-demand', 0)
  takeProvisioned = (key: string) => this.#ledger.take(this.account(key), 'provisioned', 0)
  release = (key: string) => this.#ledger.release(this.account(key), 'on-demand')
  snapshot = (key: string) => this.#ledger.snapshot(this.account(key), false, true, 0)
  admits = (key: string) => admit(this.snapshot(key)).admitted
  total = () => this.#ledger.total()
}

describe('the concurrency ledger', () => {
  it('tells all that admission depends on', () => {
    const ledger = new Ledger(10)
    ledger.reserve('a', 3)
    ledger.reserve('b', 4)
    ledger.provision('a', 1)
    ledger.provision('c', 2)
    for (const key of ['a', 'a', 'c', 'd', 'd', 'd']) ledger.take(key)
    ledger.takeProvisioned('c')
    expect(ledger.snapshot('a')).toEqual({
      accountLimit: 10,
      totalInFlight: 7,
      unreservedPool: 1,
      unreservedInFlight: 4,
      reserved: 3,
      functionProvisioned: 1,
      functionOnDemand: 2,
      provisionedIsFree: false,
      callerRateAllows: true,
      requestRateAllows: true,
    })
    expect(ledger.snapshot('e')).toMatchObject({ reserved: undefined, functionOnDemand: 0 })
  })

  it('counts what runs for the unreserved pool as soon as a reservation is removed', () => {
    const ledger = new Ledger(10)
    ledger.reserve('a', 3)
    ledger.take('a')
    expect(ledger.snapshot('a').unreservedInFlight).toBe(0)
    ledger.reserve('a')
    expect(ledger.snapshot('a')).toMatchObject({ unreservedInFlight: 1, unreservedPool: 10 })
  })

  it('takes what is provisioned out of the pool, unless it is within a reservation', () => {
    const ledger = new Ledger(10)
    ledger.provision('a', 3)
    expect(ledger.snapshot('b').unreservedPool).toBe(7)
    ledger.reserve('a', 4)
    expect(ledger.snapshot('b').unreservedPool).toBe(6)
    ledger.reserve('a')
    ledger.provision('a', -3)
    expect(ledger.snapshot('b').unreservedPool).toBe(10)
  })

  it('does not give back what was not taken', () => {
    const ledger = new Ledger(1)
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
        const ledger = new Ledger(account)
        ledger.reserve('a', a)
        ledger.reserve('b', b)
        const running: Record<string, number> = { a: 0, b: 0, c: 0, d: 0 }
        for (const [name, arrives] of steps) {
          const now = running[name] as number
          if (arrives && ledger.admits(name)) {
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
    const ledger = new Ledger(5)
    ledger.reserve('a', 2)
    while (ledger.admits('b')) ledger.take('b')
    expect(ledger.total()).toBe(3)
    for (const granted of [true, true, false]) {
      expect(ledger.admits('a')).toBe(granted)
      if (granted) ledger.take('a')
    }
  })
})
