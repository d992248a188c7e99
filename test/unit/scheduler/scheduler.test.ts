import { describe, expect, it } from 'vitest'
import { Scheduler } from '../../../runtime/scheduler/scheduler.ts'
import type { SchedulerOptions } from '../../../runtime/scheduler/scheduler-options.ts'
import { schedulerOptions } from '../../support/scheduler-options.ts'
import { SchedulerTimeline } from './scheduler-timeline.ts'

const SECOND = 1_000_000

const timeline = (changes: Partial<SchedulerOptions> = {}): SchedulerTimeline => {
  const line = new SchedulerTimeline(new Scheduler(schedulerOptions(changes)))
  line.deploy('f', { timeoutUs: 3 * SECOND })
  return line
}

describe('placing an invocation', () => {
  it('starts a sandbox for the first one and dispatches once that is initialised', () => {
    const line = timeline()
    expect(line.arrive('a')).toEqual([
      'create s1',
      'assign a→s1 no sandbox',
      'set init s1 @10000000',
      'start s1 init',
    ])
    expect(line.at(50_000).started('s1')).toEqual([
      'clear init s1',
      'set deadline s1 @3050000',
      'dispatch a→s1',
    ])
  })

  it('reuses an idle sandbox instead of starting one', () => {
    const line = timeline()
    line.warm('a', 's1')
    expect(line.arrive('b')).toEqual([
      'assign b→s1 reused',
      'set deadline s1 @3000000',
      'dispatch b→s1',
    ])
  })

  it('never queues behind a busy sandbox', () => {
    const line = timeline()
    line.arrive('a')
    line.started('s1')
    expect(line.arrive('b')).toContain('assign b→s2 all busy')
  })

  it('takes the most recently used of several idle sandboxes', () => {
    const line = timeline()
    line.arrive('a')
    line.arrive('b')
    line.started('s1')
    line.started('s2')
    line.responded('s2', 'b')
    line.at(1_000).responded('s1', 'a')
    expect(line.arrive('c')).toContain('assign c→s1 reused')
  })

  it('starts a new sandbox when a cold start is asked for, though one is idle', () => {
    const line = timeline()
    line.warm('a', 's1')
    expect(line.arrive('b', { forceCold: true })).toContain('assign b→s2 forced')
  })

  it('serves a function only with its own sandboxes', () => {
    const line = timeline()
    line.deploy('g', { timeoutUs: SECOND })
    line.warm('a', 's1')
    expect(line.arrive('b', { functionKey: 'g' })).toContain('assign b→s2 no sandbox')
  })
})

describe('admitting an invocation', () => {
  it('throttles the one that would exceed the account limit, and admits it after a finish', () => {
    const line = timeline({ accountLimit: 2 })
    line.arrive('a')
    line.arrive('b')
    expect(line.arrive('c')).toEqual(['throttle c ConcurrentInvocationLimitExceeded'])
    line.started('s1')
    line.responded('s1', 'a')
    expect(line.arrive('d')).toContain('assign d→s1 reused')
  })

  it('caps a function at its reservation and names it', () => {
    const line = timeline()
    line.deploy('g', { timeoutUs: SECOND, reservedConcurrency: 1 })
    line.arrive('a', { functionKey: 'g' })
    expect(line.arrive('b', { functionKey: 'g' })).toEqual([
      'throttle b ReservedFunctionConcurrentInvocationLimitExceeded',
    ])
  })

  it('never runs a function with a reservation of 0', () => {
    const line = timeline()
    line.deploy('g', { timeoutUs: SECOND, reservedConcurrency: 0 })
    expect(line.arrive('a', { functionKey: 'g' })).toEqual([
      'throttle a ReservedFunctionConcurrentInvocationLimitExceeded',
    ])
  })

  it('takes a reservation out of the pool that the others share', () => {
    const line = timeline({ accountLimit: 3 })
    line.deploy('g', { timeoutUs: SECOND, reservedConcurrency: 2 })
    line.arrive('a')
    expect(line.arrive('b')).toEqual(['throttle b ConcurrentInvocationLimitExceeded'])
    expect(line.arrive('c', { functionKey: 'g' })).toContain('assign c→s2 no sandbox')
  })
})

describe('starting', () => {
  it('runs no more starts at once than allowed, and the next one when a slot is free', () => {
    const line = timeline({ maxParallelStarts: 2 })
    line.arrive('a')
    line.arrive('b')
    expect(line.arrive('c')).toEqual(['create s3', 'assign c→s3 all busy'])
    expect(line.started('s1')).toContain('start s3 init')
  })

  it('tries a failed init once more inside the invocation, under its timeout', () => {
    const line = timeline()
    line.arrive('a')
    expect(line.at(SECOND).startFailed('s1')).toEqual([
      'clear init s1',
      'set deadline s1 @4000000',
      'start s1 invoke',
    ])
    expect(line.started('s1')).toEqual(['dispatch a→s1'])
  })

  it('finishes the invocation when the second init fails too, and keeps the sandbox', () => {
    const line = timeline()
    line.arrive('a')
    line.startFailed('s1')
    expect(line.startFailed('s1')).toContain('finish a init failed')
    expect(line.arrive('b')).toContain('assign b→s1 reset after crash')
  })

  it('resets an init that takes too long and starts it again inside the invocation', () => {
    const line = timeline()
    line.arrive('a')
    expect(line.at(10 * SECOND).fired('init', 's1')).toEqual(['reset s1 init timeout'])
    expect(line.startFailed('s1')).toEqual([])
    expect(line.wasReset('s1')).toEqual(['set deadline s1 @13000000', 'start s1 invoke'])
  })

  it('ends an inline init at the deadline of the invocation', () => {
    const line = timeline()
    line.arrive('a')
    line.startFailed('s1')
    expect(line.at(3 * SECOND).fired('deadline', 's1')).toEqual(['reset s1 timeout'])
    expect(line.startFailed('s1')).toEqual([])
    expect(line.wasReset('s1')).toContain('finish a timeout')
    expect(line.arrive('b')).toContain('assign b→s1 reset after timeout')
  })

  it('frees the slot of a start that was reset', () => {
    const line = timeline({ maxParallelStarts: 1 })
    line.arrive('a')
    line.arrive('b')
    expect(line.fired('init', 's1')).toContain('start s2 init')
  })
})

describe('ending an invocation', () => {
  it('resets the sandbox at the deadline and answers once its runtime is gone', () => {
    const line = timeline()
    line.arrive('a')
    line.started('s1')
    expect(line.at(3 * SECOND).fired('deadline', 's1')).toEqual(['reset s1 timeout'])
    expect(line.runtimeExited('s1', 'a')).toEqual([])
    expect(line.wasReset('s1')).toEqual(['finish a timeout', 'set idle s1 @603000000'])
  })

  it('gives no sandbox that is being reset to the next invocation', () => {
    const line = timeline()
    line.arrive('a')
    line.started('s1')
    line.fired('deadline', 's1')
    line.runtimeExited('s1', 'a')
    expect(line.arrive('b')).toContain('assign b→s2 all busy')
  })

  it('reports a crash and starts the same sandbox again for the next invocation', () => {
    const line = timeline()
    line.arrive('a')
    line.started('s1')
    expect(line.runtimeExited('s1', 'a')).toContain('finish a crash')
    expect(line.arrive('b')).toEqual([
      'assign b→s1 reset after crash',
      'set deadline s1 @3000000',
      'start s1 invoke',
    ])
  })

  it('resets a sandbox whose runtime ends after its error', () => {
    const line = timeline()
    line.arrive('a')
    line.started('s1')
    expect(line.responded('s1', 'a', { reusable: false })).toEqual([
      'clear deadline s1',
      'reset s1 runtime ends',
    ])
    expect(line.wasReset('s1')).toContain('finish a answered')
    expect(line.arrive('b')).toContain('assign b→s1 reset after crash')
  })

  it('fails the invocation of a sandbox that the machine lost, and stops it', () => {
    const line = timeline()
    line.arrive('a')
    expect(line.failed('s1')).toContain('finish a lost')
    expect(line.stopped('s1')).toEqual([])
    expect(line.scheduler.inFlight()).toBe(0)
  })
})

describe('between invocations', () => {
  it('freezes a sandbox that stays idle, and thaws it for the next invocation', () => {
    const line = timeline()
    line.warm('a', 's1')
    expect(line.at(5_000).fired('freeze', 's1')).toEqual(['freeze s1'])
    expect(line.arrive('b')).toContain('dispatch b→s1 thaw')
  })

  it('does not freeze a busy one, and looks again when it was reused meanwhile', () => {
    const line = timeline()
    line.warm('a', 's1')
    line.at(1_000).arrive('b')
    expect(line.at(5_000).fired('freeze', 's1')).toEqual([])
    expect(line.at(6_000).responded('s1', 'b')).toContain('set freeze s1 @11000')
    expect(line.at(11_000).fired('freeze', 's1')).toEqual(['freeze s1'])
  })

  it('evicts a sandbox at the end of its idle time, not before', () => {
    const line = timeline({ keepAlive: { kind: 'fixed', lifetimeUs: 60 * SECOND } })
    line.warm('a', 's1')
    line.at(59 * SECOND).arrive('b')
    line.responded('s1', 'b')
    expect(line.at(60 * SECOND).fired('idle', 's1')).toEqual(['set idle s1 @119000000'])
    expect(line.at(119 * SECOND).fired('idle', 's1')).toContain('stop s1 idle')
  })

  it('evicts the least recently used idle sandbox when the machine holds no more', () => {
    const line = timeline({ memoryBudgetMb: 32 })
    line.deploy('g', { timeoutUs: SECOND })
    line.arrive('a')
    line.arrive('b')
    line.started('s1')
    line.started('s2')
    line.at(1_000).responded('s2', 'b')
    line.at(2_000).responded('s1', 'a')
    expect(line.arrive('c', { functionKey: 'g' })).toContain('stop s2 memory pressure')
  })

  it('stops a sandbox whose runtime ended while idle', () => {
    const line = timeline()
    line.warm('a', 's1')
    expect(line.exitedIdle('s1')).toContain('stop s1 runtime exited')
  })
})

describe('evicting, replacing, closing', () => {
  it('stops idle sandboxes at once and busy ones when they are done', () => {
    const line = timeline()
    line.arrive('a')
    line.arrive('b')
    line.started('s1')
    line.started('s2')
    line.responded('s1', 'a')
    expect(line.evict()).toContain('stop s1 evicted')
    expect(line.responded('s2', 'b')).toContain('stop s2 evicted')
  })

  it('leaves the sandboxes of other functions alone', () => {
    const line = timeline()
    line.warm('a', 's1')
    expect(line.evict('g')).toEqual([])
  })

  it('serves nothing more with the old code once a function is deployed again', () => {
    const line = timeline()
    line.warm('a', 's1')
    expect(line.deploy('f', { timeoutUs: SECOND })).toContain('stop s1 replaced')
    expect(line.arrive('b')).toContain('create s2')
  })

  it('finishes what runs and stops every sandbox on closing', () => {
    const line = timeline()
    line.arrive('a')
    line.warm('b', 's2')
    const actions = line.close()
    expect(actions).toContain('finish a closing')
    expect(actions).toContain('stop s1 closing')
    expect(actions).toContain('stop s2 closing')
    line.stopped('s1')
    line.stopped('s2')
    expect([...line.scheduler.sandboxes()]).toEqual([])
    expect(line.scheduler.inFlight()).toBe(0)
  })
})
