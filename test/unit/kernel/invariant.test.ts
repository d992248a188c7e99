import { describe, expect, it } from 'vitest'
import { isSandlotError } from '../../../runtime/kernel/errors.ts'
import { invariant, unreachable } from '../../../runtime/kernel/invariant.ts'

function thrownBy(act: () => void): unknown {
  try {
    act()
  } catch (error) {
    return error
  }
  return undefined
}

describe('an invariant', () => {
  it('that holds does nothing', () => {
    for (const truth of [true, 1, 'text', {}])
      expect(thrownBy(() => invariant(truth, 'x'))).toBe(undefined)
  })

  it.each([false, 0, '', undefined, null])(
    'that is broken (%j) is our fault and says what',
    (no) => {
      const error = thrownBy(() => invariant(no, 'one invocation a sandbox'))
      expect(isSandlotError(error) && [error.code, error.fault, error.message]).toEqual([
        'Internal',
        'emulator',
        'Invariant broken: one invocation a sandbox',
      ])
    },
  )

  it('also stands at the end of a union', () => {
    const error = thrownBy(() => unreachable({ type: 'new' } as never, 'event'))
    expect(isSandlotError(error) && error.message).toBe('Unexpected event: {"type":"new"}')
  })
})
