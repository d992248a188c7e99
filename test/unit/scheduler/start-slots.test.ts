import { describe, expect, it } from 'vitest'
import { ConcurrencyLedger } from '../../../runtime/scheduler/concurrency-ledger.ts'
import { StartSlots } from '../../../runtime/scheduler/start-slots.ts'

describe('start slots', () => {
  it('hands out as many as there are, in order, and one more for each release', () => {
    const slots = new StartSlots<string>(2, 10)
    for (const item of ['a', 'b', 'c']) slots.enqueue(item)
    expect([slots.take(), slots.take(), slots.take()]).toEqual(['a', 'b', undefined])
    slots.release()
    expect(slots.take()).toBe('c')
  })

  it('forgets what was cancelled, and has its room back', () => {
    const slots = new StartSlots<string>(1, 1)
    slots.enqueue('gone')
    slots.cancel('gone')
    slots.enqueue('here')
    expect(slots.take()).toBe('here')
  })

  it('refuses to release a slot that nobody has', () => {
    expect(() => new StartSlots(1, 1).release()).toThrow('start slot released twice')
  })

  it('refuses more waiting starts than it was made for', () => {
    const slots = new StartSlots<string>(1, 1)
    slots.enqueue('a')
    expect(() => slots.enqueue('b')).toThrow('more starts waiting than invocations admitted')
  })
})

describe('the concurrency ledger', () => {
  it('counts the functions without a reservation together', () => {
    const ledger = new ConcurrencyLedger(100)
    ledger.setReservation({ key: 'r', timeoutUs: 1, reservedConcurrency: 5 })
    for (const key of ['r', 'a', 'b', 'b']) ledger.take(key)
    expect(ledger.snapshot('b')).toEqual({
      accountLimit: 100,
      reservedInTotal: 5,
      reserved: undefined,
      totalInFlight: 4,
      functionInFlight: 2,
      unreservedInFlight: 3,
    })
    expect(ledger.total()).toBe(4)
  })

  it('refuses to go below zero', () => {
    const ledger = new ConcurrencyLedger(1)
    ledger.take('a')
    ledger.release('a')
    expect(() => ledger.release('a')).toThrow("concurrency of 'a' released below zero")
  })
})
