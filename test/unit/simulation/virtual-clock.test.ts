import { describe, expect, it } from 'vitest'
import { VirtualClock } from '../../../runtime/simulation/virtual-clock.ts'

describe('the virtual clock', () => {
  it('fires by deadline, and in order of setting where deadlines are equal', () => {
    const clock = new VirtualClock()
    const fired: string[] = []
    clock.setTimer(20, () => fired.push(`late@${clock.nowUs()}`))
    clock.setTimer(10, () => fired.push(`first@${clock.nowUs()}`))
    clock.setTimer(10, () => fired.push(`second@${clock.nowUs()}`))
    clock.advanceTo(20)
    expect(fired).toEqual(['first@10', 'second@10', 'late@20'])
  })

  it('fires a timer that a timer set, in its turn', () => {
    const clock = new VirtualClock()
    const fired: string[] = []
    clock.setTimer(10, () => clock.setTimer(15, () => fired.push('nested')))
    clock.setTimer(20, () => fired.push('outer'))
    clock.advanceTo(30)
    expect(fired).toEqual(['nested', 'outer'])
  })

  it('fires nothing before its time, and nothing that was cancelled', () => {
    const clock = new VirtualClock()
    const fired: string[] = []
    clock.setTimer(10, () => fired.push('early'))
    clock.setTimer(11, () => fired.push('cancelled')).cancel()
    clock.advanceTo(9)
    expect(fired).toEqual([])
    clock.advanceTo(11)
    expect(fired).toEqual(['early'])
    expect(clock.pendingTimers).toBe(0)
  })

  it('tells when the next timer is due', () => {
    const clock = new VirtualClock()
    expect(clock.nextUs).toBeUndefined()
    clock.setTimer(20, () => {})
    const earlier = clock.setTimer(10, () => {})
    expect(clock.nextUs).toBe(10)
    earlier.cancel()
    expect(clock.nextUs).toBe(20)
  })

  it('fires at once, in the next stretch, what was due before it was set', () => {
    const clock = new VirtualClock()
    clock.advanceTo(10)
    const fired: number[] = []
    clock.setTimer(5, () => fired.push(clock.nowUs()))
    clock.advanceTo(10)
    expect(fired).toEqual([10])
  })

  it('refuses to run backwards', () => {
    const clock = new VirtualClock()
    clock.advanceTo(5)
    expect(() => clock.advanceTo(4)).toThrow('time from 5 back to 4 µs')
  })

  it('tells the calendar from its epoch', () => {
    const clock = new VirtualClock(1_000)
    clock.advanceTo(2_500)
    expect(clock.wallMs()).toBe(1_002.5)
  })
})
