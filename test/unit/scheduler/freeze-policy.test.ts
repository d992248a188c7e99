import { describe, expect, it } from 'vitest'
import { nextFreezeDelayUs } from '../../../runtime/scheduler/freeze-policy.ts'

const baseUs = 5_000

describe('how long a sandbox stays awake when it is idle', () => {
  it('doubles each time that it was needed soon after it was frozen, up to 16 times the delay', () => {
    const delays = [baseUs]
    for (let time = 0; time < 6; time += 1) {
      const delayUs = delays.at(-1) as number
      delays.push(nextFreezeDelayUs({ baseUs, delayUs, frozenForUs: 1_000 }))
    }
    expect(delays).toEqual([5_000, 10_000, 20_000, 40_000, 80_000, 80_000, 80_000])
  })

  it('is the delay again once it has been frozen for longer than that', () => {
    const frozen = (frozenForUs: number): number =>
      nextFreezeDelayUs({ baseUs, delayUs: 80_000, frozenForUs })
    expect(frozen(80_000)).toBe(80_000)
    expect(frozen(80_001)).toBe(5_000)
  })

  it('is never anything where sandboxes are frozen at once', () => {
    expect(nextFreezeDelayUs({ baseUs: 0, delayUs: 0, frozenForUs: 0 })).toBe(0)
  })
})
