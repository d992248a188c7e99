import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fixedKeepAlive } from '../../../runtime/scheduler/keep-alive/fixed-keep-alive.ts'
import { Scheduler } from '../../../runtime/scheduler/scheduler.ts'
import { schedulerOptions } from '../../support/scheduler-options.ts'
import { idleUse } from './idle-use.ts'
import { SchedulerTimeline } from './scheduler-timeline.ts'

const SECOND = 1_000_000

function timeline(lifetimeUs: number): SchedulerTimeline {
  const keepAlive = { kind: 'fixed', lifetimeUs } as const
  const line = new SchedulerTimeline(new Scheduler(schedulerOptions({ keepAlive })))
  line.deploy('f', { timeoutUs: 3 * SECOND })
  return line
}

describe('fixed', () => {
  it('answers with one and the same object, whatever it is asked of and told', () => {
    const uses = fc.record({
      versionKey: fc.constantFrom('f:1', 'g:1'),
      nowUs: fc.nat(),
      coldStartUs: fc.nat(),
      invocations: fc.nat(),
      footprintMb: fc.nat(),
    })
    fc.assert(
      fc.property(fc.nat(), fc.array(uses, { maxLength: 20 }), (lifetimeUs, asked) => {
        const keepAlive = fixedKeepAlive(lifetimeUs)
        const keeping = keepAlive.idle(idleUse())
        expect(keeping).toEqual({ keepUs: lifetimeUs })
        expect(Object.isFrozen(keeping)).toBe(true)
        for (const use of asked) {
          keepAlive.arrived(use.versionKey, use.nowUs, use.invocations)
          keepAlive.evicted(use.coldStartUs)
          expect(keepAlive.idle(use)).toBe(keeping)
        }
      }),
    )
  })

  it('holds worth the instant it became idle, whatever else is known and was evicted', () => {
    const keepAlive = fixedKeepAlive(SECOND)
    keepAlive.evicted(10 ** 9)
    const other = { coldStartUs: 9 * SECOND, invocations: 1_000, footprintMb: 1 }
    expect(keepAlive.worth(idleUse({ nowUs: 7 }))).toBe(7)
    expect(keepAlive.worth(idleUse({ nowUs: 6, ...other }))).toBe(6)
  })

  it('counts the time from the last use: one a microsecond before its end renews it', () => {
    const line = timeline(60 * SECOND)
    line.warm('a', 's1')
    expect(line.at(60 * SECOND - 1).arrive('b')).toContain('dispatch b→s1 thaw')
    line.at(70 * SECOND).responded('s1', 'b')
    // The timer of the first idle time is still set; it finds that it is early.
    expect(line.at(71 * SECOND).fired('idle', 's1')).toEqual(['set idle s1 @130000000'])
    expect(line.at(130 * SECOND - 1).fired('idle', 's1')).toEqual(['set idle s1 @130000000'])
    expect(line.at(130 * SECOND).fired('idle', 's1')).toContain('stop s1 idle')
  })

  it('keeps for one microsecond where it is told to, and not at all for none', () => {
    const least = timeline(1)
    least.arrive('a')
    least.started('s1')
    expect(least.responded('s1', 'a')).toContain('set idle s1 @1')
    const none = timeline(0)
    none.arrive('a')
    none.started('s1')
    expect(none.responded('s1', 'a')).toContain('stop s1 idle')
  })
})
