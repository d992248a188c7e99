import { describe, expect, it } from 'vitest'
import { Scheduler } from '../../../runtime/scheduler/scheduler.ts'
import type { SchedulerOptions } from '../../../runtime/scheduler/scheduler-options.ts'
import { schedulerOptions } from '../../support/scheduler-options.ts'
import { SchedulerTimeline } from './scheduler-timeline.ts'

const SECOND = 1_000_000

const timeline = (changes: Partial<SchedulerOptions> = {}): SchedulerTimeline => {
  const options = schedulerOptions({ maxParallelStarts: 1, ...changes })
  const line = new SchedulerTimeline(new Scheduler(options))
  line.deploy('f', { timeoutUs: 3 * SECOND })
  return line
}

const states = (line: SchedulerTimeline): string[] =>
  [...line.scheduler.sandboxes()].map(({ state }) => state)

/** With one slot, a second start begins exactly when the first has given its slot back. */
describe('the slot of a start is given back once', () => {
  const waiting = (): SchedulerTimeline => {
    const line = timeline()
    line.arrive('a')
    expect(line.arrive('b')).toEqual(['create s2', 'assign b→s2 all busy'])
    return line
  }

  it.each([
    ['it has started', (line: SchedulerTimeline) => line.started('s1')],
    ['it is reset for taking too long', (line: SchedulerTimeline) => line.fired('init', 's1')],
    ['the machine has lost it', (line: SchedulerTimeline) => line.failed('s1')],
  ])('when %s', (_, act) => {
    const line = waiting()
    expect(act(line)).toContain('start s2 init')
    line.started('s2')
    expect(line.arrive('c')).toContain('start s3 init')
  })

  it('when its init has failed, though it must start again', () => {
    const line = waiting()
    expect(line.startFailed('s1')).toContain('start s2 init')
    expect(line.started('s2')).toContain('start s1 invoke')
    expect(line.startFailed('s1')).toContain('finish a init failed')
    expect(line.arrive('c', { forceCold: true })).toContain('start s3 init')
  })

  it('when its time is up inside the invocation', () => {
    const line = waiting()
    line.startFailed('s1')
    line.started('s2')
    line.arrive('c', { forceCold: true })
    expect(line.at(3 * SECOND).fired('deadline', 's1')).toEqual([
      'reset s1 timeout',
      'set init s3 @13000000',
      'start s3 init',
    ])
  })

  it('and one that only waits gives back none', () => {
    const line = waiting()
    expect(line.failed('s2')).not.toContain('start s1 init')
    expect(line.started('s1')).toContain('dispatch a→s1')
    expect(line.arrive('c', { forceCold: true })).toContain('start s3 init')
  })
})

describe('a reset', () => {
  it('is a timeout, whatever the start that it ended has come to', () => {
    for (const end of ['started', 'startFailed'] as const) {
      const line = timeline()
      line.arrive('a')
      line.startFailed('s1')
      line.at(3 * SECOND).fired('deadline', 's1')
      expect(line[end]('s1')).toEqual([])
      expect(line.wasReset('s1')).toContain('finish a timeout')
      expect(line.scheduler.inFlight()).toBe(0)
    }
  })

  it('is a timeout, whatever the invocation that it ended has come to', () => {
    for (const end of [
      (line: SchedulerTimeline) => line.responded('s1', 'a'),
      (line: SchedulerTimeline) => line.runtimeExited('s1', 'a'),
    ]) {
      const line = timeline()
      line.arrive('a')
      line.started('s1')
      line.at(3 * SECOND).fired('deadline', 's1')
      expect(end(line)).toEqual([])
      expect(line.wasReset('s1')).toContain('finish a timeout')
      expect(line.scheduler.inFlight()).toBe(0)
    }
  })

  it('of an init that was ready at that moment starts it again all the same', () => {
    const line = timeline()
    line.arrive('a')
    line.fired('init', 's1')
    expect(line.started('s1')).toEqual([])
    expect(line.wasReset('s1')).toContain('start s1 invoke')
  })

  it('that fails loses the invocation, but not an answer that is there', () => {
    const lost = timeline()
    lost.arrive('a')
    lost.started('s1')
    lost.fired('deadline', 's1')
    expect(lost.failed('s1')).toContain('finish a lost')
    const answered = timeline()
    answered.arrive('a')
    answered.started('s1')
    answered.responded('s1', 'a', { reusable: false })
    expect(answered.failed('s1')).toContain('finish a answered')
    expect(states(answered)).toEqual(['stopping'])
  })

  it('of a doomed sandbox ends in its stop', () => {
    const line = timeline()
    line.arrive('a')
    line.started('s1')
    line.fired('deadline', 's1')
    line.evict()
    expect(line.wasReset('s1')).toContain('stop s1 evicted')
  })

  it('during which the emulator closes answers at once, and its end is of no interest', () => {
    const line = timeline()
    line.arrive('a')
    line.started('s1')
    line.fired('deadline', 's1')
    expect(line.close()).toEqual(expect.arrayContaining(['finish a closing', 'stop s1 closing']))
    expect(line.runtimeExited('s1', 'a')).toEqual([])
    expect(line.wasReset('s1')).toEqual([])
    line.stopped('s1')
    expect(states(line)).toEqual([])
  })
})

describe('a sandbox that dies by itself', () => {
  it('while it is frozen, or being frozen, is stopped', () => {
    const line = timeline()
    line.warm('a', 's1')
    line.at(5_000).fired('freeze', 's1')
    expect(line.exitedIdle('s1')).toContain('stop s1 runtime exited')
  })

  it('is not given to another invocation after it has crashed', () => {
    const line = timeline()
    line.warm('a', 's1')
    line.at(5_000).fired('freeze', 's1')
    line.arrive('b')
    line.runtimeExited('s1', 'b')
    // It had died before it was thawed, so it is beyond another start.
    expect(line.exitedIdle('s1')).toContain('stop s1 runtime exited')
    expect(line.arrive('c')).toContain('assign c→s2 no sandbox')
  })

  it('is stopped once, however often that is heard', () => {
    const line = timeline()
    line.warm('a', 's1')
    line.exitedIdle('s1')
    expect(line.exitedIdle('s1')).toEqual([])
    expect(line.failed('s1')).toEqual([])
    line.stopped('s1')
    expect(line.stopped('s1')).toEqual([])
  })
})

describe('timers', () => {
  it('of a sandbox that is gone, or going, do nothing', () => {
    const line = timeline()
    line.warm('a', 's1')
    line.evict()
    for (const kind of ['init', 'deadline', 'freeze', 'idle'] as const) {
      expect(line.fired(kind, 's1')).toEqual([])
    }
    line.stopped('s1')
    expect(line.fired('idle', 's1')).toEqual([])
  })

  it('are all cleared when it is stopped', () => {
    const line = timeline()
    line.warm('a', 's1')
    expect(line.evict()).toEqual([
      'clear init s1',
      'clear deadline s1',
      'clear freeze s1',
      'clear idle s1',
      'stop s1 evicted',
    ])
  })

  it('evict a frozen sandbox, and one that lost its runtime', () => {
    const line = timeline({ keepAlive: { kind: 'fixed', lifetimeUs: SECOND } })
    line.warm('a', 's1')
    line.at(5_000).fired('freeze', 's1')
    expect(line.at(SECOND).fired('idle', 's1')).toContain('stop s1 idle')
    line.arrive('b')
    line.started('s2')
    line.runtimeExited('s2', 'b')
    expect(line.at(2 * SECOND).fired('idle', 's2')).toContain('stop s2 idle')
  })

  it('freeze nothing that is busy, starting again or being reset', () => {
    const line = timeline()
    line.warm('a', 's1')
    line.at(1_000).arrive('b')
    expect(line.at(9_000).fired('freeze', 's1')).toEqual([])
    line.at(10_000).responded('s1', 'b', { reusable: false })
    expect(line.at(15_000).fired('freeze', 's1')).toEqual([])
    line.wasReset('s1')
    expect(line.fired('freeze', 's1')).toEqual([])
  })
})

describe('deploying a function again', () => {
  it('leaves the timeout of what was placed before as it was', () => {
    const line = timeline()
    line.arrive('a')
    line.deploy('f', { timeoutUs: 60 * SECOND })
    expect(line.started('s1')).toContain('set deadline s1 @3000000')
    line.arrive('b', { forceCold: true })
    expect(line.started('s2')).toContain('set deadline s2 @60000000')
  })

  it('while a sandbox starts lets it serve that one invocation, and no other', () => {
    const line = timeline()
    line.arrive('a')
    line.deploy('f', { timeoutUs: SECOND })
    expect(line.started('s1')).toContain('dispatch a→s1')
    expect(line.responded('s1', 'a')).toContain('stop s1 replaced')
  })

  it('is followed by a first start, not by one because all are busy', () => {
    const line = timeline()
    line.arrive('a')
    line.started('s1')
    line.deploy('f', { timeoutUs: SECOND })
    expect(line.arrive('b')).toContain('assign b→s2 no sandbox')
    expect(line.arrive('c')).toContain('assign c→s3 all busy')
  })

  it('changes the reservation for what arrives from then on', () => {
    const line = timeline()
    line.arrive('a')
    line.deploy('f', { timeoutUs: SECOND, reservedConcurrency: 1 })
    expect(line.arrive('b')).toEqual([
      'throttle b ReservedFunctionConcurrentInvocationLimitExceeded',
    ])
    line.deploy('f', { timeoutUs: SECOND })
    expect(line.arrive('c')).toContain('assign c→s2 no sandbox')
  })
})

describe('evicting', () => {
  it('a sandbox that is being frozen stops it like any idle one', () => {
    const line = timeline()
    line.warm('a', 's1')
    line.at(5_000).fired('freeze', 's1')
    expect(line.evict()).toContain('stop s1 evicted')
    expect(line.arrive('b')).toContain('assign b→s2 no sandbox')
  })

  it('keeps the first reason of one that must go', () => {
    const line = timeline()
    line.arrive('a')
    line.evict()
    line.deploy('f', { timeoutUs: SECOND })
    line.started('s1')
    expect(line.responded('s1', 'a')).toContain('stop s1 evicted')
  })

  it('under memory pressure takes nobody where all are busy, and refuses the invocation', () => {
    const line = timeline({ memoryBudgetMb: 31 })
    line.arrive('a')
    line.started('s1')
    expect(line.arrive('b')).toEqual(['refuse b 16 of 31 MB'])
    expect(line.scheduler.inFlight()).toBe(1)
  })

  it('under memory pressure takes one that lost its runtime too', () => {
    const line = timeline({ memoryBudgetMb: 16 })
    line.arrive('a')
    line.started('s1')
    line.runtimeExited('s1', 'a')
    expect(line.arrive('b', { forceCold: true })).toContain('stop s1 memory pressure')
  })
})

describe('closing', () => {
  it('while one starts and one waits to start stops both, and starts nothing more', () => {
    const line = timeline()
    line.arrive('a')
    line.arrive('b')
    const actions = line.close()
    expect(actions).toEqual(expect.arrayContaining(['stop s1 closing', 'stop s2 closing']))
    expect(actions.filter((action) => action.startsWith('start '))).toEqual([])
    expect(line.started('s1')).toEqual([])
    expect(line.startFailed('s2')).toEqual([])
    expect(line.scheduler.inFlight()).toBe(0)
  })

  it('does not stop twice what was being stopped', () => {
    const line = timeline()
    line.warm('a', 's1')
    line.evict()
    expect(line.close()).toEqual([])
  })
})

describe('a reservation of 0', () => {
  it('is named as the reason even where the account is used up', () => {
    const line = timeline({ accountLimit: 1 })
    line.deploy('g', { timeoutUs: SECOND, reservedConcurrency: 0 })
    line.arrive('a')
    expect(line.arrive('b', { functionKey: 'g' })).toEqual([
      'throttle b ReservedFunctionConcurrentInvocationLimitExceeded',
    ])
  })
})
