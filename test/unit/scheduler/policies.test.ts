import { describe, expect, it } from 'vitest'
import type { SandboxId } from '../../../runtime/kernel/ids.ts'
import { admit } from '../../../runtime/scheduler/admission-policy.ts'
import { idleDeadlineUs, victimUnderPressure } from '../../../runtime/scheduler/eviction-policy.ts'
import { place } from '../../../runtime/scheduler/placement-policy.ts'

const id = (name: string): SandboxId => name as SandboxId

describe('admission', () => {
  const free = {
    accountLimit: 100,
    reservedInTotal: 0,
    reserved: undefined,
    totalInFlight: 0,
    functionInFlight: 0,
    unreservedInFlight: 0,
  }

  it('admits the last one that the unreserved pool holds and refuses the next', () => {
    const pool = { ...free, reservedInTotal: 40 }
    expect(admit({ ...pool, unreservedInFlight: 59 })).toEqual({ admitted: true })
    expect(admit({ ...pool, unreservedInFlight: 60 })).toEqual({
      admitted: false,
      reason: 'ConcurrentInvocationLimitExceeded',
    })
  })

  it('admits the last one of a reservation and refuses the next', () => {
    const reserved = { ...free, reservedInTotal: 10, reserved: 10 }
    expect(admit({ ...reserved, functionInFlight: 9 })).toEqual({ admitted: true })
    expect(admit({ ...reserved, functionInFlight: 10 })).toEqual({
      admitted: false,
      reason: 'ReservedFunctionConcurrentInvocationLimitExceeded',
    })
  })

  it('lets no reservation exceed what the account has', () => {
    const full = { ...free, accountLimit: 2, reservedInTotal: 3, totalInFlight: 2 }
    expect(admit({ ...full, reserved: 3, functionInFlight: 2 })).toEqual({
      admitted: false,
      reason: 'ConcurrentInvocationLimitExceeded',
    })
  })

  it('honours a reservation though the unreserved pool is used up', () => {
    const reserved = { ...free, reservedInTotal: 1, reserved: 1, unreservedInFlight: 99 }
    expect(admit(reserved)).toEqual({ admitted: true })
  })
})

describe('placement', () => {
  const none = { forceCold: false, idle: [], halted: [], sandboxCount: 0 }

  it('prefers an idle sandbox to one that must start again', () => {
    const halted = [{ id: id('h'), lostTo: 'timeout' as const }]
    expect(place({ ...none, idle: [{ id: id('a') }, { id: id('b') }], halted })).toEqual({
      kind: 'reuse',
      sandboxId: 'b',
      why: 'reused',
    })
    expect(place({ ...none, halted })).toEqual({
      kind: 'restart',
      sandboxId: 'h',
      why: 'reset after timeout',
    })
  })

  it('tells the first sandbox of a function from one more', () => {
    expect(place(none)).toEqual({ kind: 'create', why: 'no sandbox' })
    expect(place({ ...none, sandboxCount: 3 })).toEqual({ kind: 'create', why: 'all busy' })
  })
})

describe('eviction', () => {
  it('is due when the idle time has passed since the last act', () => {
    expect(idleDeadlineUs({ id: id('a'), idleSinceUs: 5 }, 10)).toBe(15)
  })

  it('takes the least recently used when there is no room, and none while there is', () => {
    const idle = [
      { id: id('a'), idleSinceUs: 7 },
      { id: id('b'), idleSinceUs: 3 },
    ]
    expect(victimUnderPressure({ sandboxCount: 4, maxSandboxes: 5, idle })).toBeUndefined()
    expect(victimUnderPressure({ sandboxCount: 5, maxSandboxes: 5, idle })).toBe('b')
    expect(victimUnderPressure({ sandboxCount: 5, maxSandboxes: 5, idle: [] })).toBeUndefined()
  })
})
