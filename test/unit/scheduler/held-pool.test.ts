import { describe, expect, it } from 'vitest'
import { Scheduler } from '../../../runtime/scheduler/scheduler.ts'
import type { SchedulerOptions } from '../../../runtime/scheduler/scheduler-options.ts'
import { schedulerOptions } from '../../support/scheduler-options.ts'
import { SchedulerTimeline } from './scheduler-timeline.ts'

const SECOND = 1_000_000

const timeline = (changes: Partial<SchedulerOptions> = {}): SchedulerTimeline => {
  const line = new SchedulerTimeline(new Scheduler(schedulerOptions(changes)))
  line.deploy('f', { timeoutUs: 3 * SECOND })
  line.deploy('g', { timeoutUs: 3 * SECOND })
  return line
}

/** Two that are initialised, and may be used. */
function provisioned(line: SchedulerTimeline): SchedulerTimeline {
  line.provision(2)
  line.started('s1')
  line.started('s2')
  return line
}

const only = (actions: readonly string[], verb: string): string[] =>
  actions.filter((action) => action.startsWith(`${verb} `))

describe('provisioned sandboxes, once all were there', () => {
  it('go on serving where one that was lost cannot be initialised again', () => {
    const line = provisioned(timeline())
    line.arrive('a')
    line.runtimeExited('s2', 'a')
    const actions = line.startFailed('s2')
    expect(actions).toContain('provisioned 1/2 (1) FAILED FUNCTION_ERROR_INIT_FAILURE')
    expect(only(actions, 'stop')).toEqual(['stop s2 init failed'])
    expect(line.arrive('b')).toContain('assign b→s1 reused provisioned')
  })

  it('are replaced where the runtime of one that was of use ends', () => {
    const line = provisioned(timeline())
    line.arrive('a')
    line.responded('s2', 'a')
    const actions = line.exitedIdle('s2')
    expect(actions).toContain('provisioned 1/2 (1) IN_PROGRESS')
    expect(only(actions, 'start')).toEqual(['start s3 init ahead'])
  })

  it('become more as memory lasts, and then say that it does not', () => {
    const line = provisioned(timeline({ memoryBudgetMb: 48 }))
    const actions = line.provision(4)
    expect(only(actions, 'create')).toEqual(['create s3 provisioned'])
    expect(actions).toContain('provisioned 2/4 (2) FAILED SANDLOT_OUT_OF_MEMORY')
    expect(only(actions, 'stop')).toEqual([])
  })
})

describe('provisioned sandboxes that are not all there yet', () => {
  it('may take as long as their init limit, to the microsecond', () => {
    const line = timeline()
    line.provision(1)
    expect(line.at(130 * SECOND - 1).started('s1')).toContain('provisioned 1/1 (1) READY')
    expect(line.at(130 * SECOND).fired('init', 's1')).toEqual([])
  })

  it('do not fail for memory that others turn out to take, where none of them is missing', () => {
    const line = timeline({ memoryBudgetMb: 48, maxParallelStarts: 1 })
    line.arrive('a', { functionKey: 'g' })
    line.provision(2)
    expect(line.measured('s1', 40)).toEqual([])
    line.started('s1')
    expect(line.started('s2')).toContain('provisioned 1/2 (0) IN_PROGRESS')
    expect(line.started('s3')).toContain('provisioned 2/2 (2) READY')
  })

  it('tell another reason for which they cannot be had', () => {
    const line = timeline({ memoryBudgetMb: 32 })
    line.provision(2)
    line.startFailed('s1')
    line.arrive('a', { functionKey: 'g' })
    expect(line.provision(2)).toEqual(['provisioned 0/2 (0) FAILED SANDLOT_OUT_OF_MEMORY'])
  })
})

describe('sandboxes that are kept warm', () => {
  it('are no more of the idle ones than were asked for', () => {
    const line = timeline()
    line.arrive('a')
    line.arrive('b')
    for (const [sandbox, name] of [
      ['s1', 'a'],
      ['s2', 'b'],
    ] as const) {
      line.started(sandbox)
      line.responded(sandbox, name)
    }
    expect(line.keepWarm(1)).toContain('keptWarm 1/1 (1) READY')
    expect(line.at(600 * SECOND).fired('idle', 's1')).toEqual([])
    expect(line.fired('idle', 's2')).toContain('stop s2 idle')
  })

  it('are not started for ever where the runtime ends before it was used', () => {
    const line = timeline()
    line.keepWarm(1)
    line.started('s1')
    const actions = line.exitedIdle('s1')
    expect(actions).toContain('keptWarm 0/1 (0) FAILED FUNCTION_ERROR_INIT_FAILURE')
    expect(only(actions, 'start')).toEqual([])
  })

  it('are not evicted for want of memory, and can be once they are let go', () => {
    const line = timeline({ memoryBudgetMb: 16 })
    line.warm('a', 's1')
    line.keepWarm(1)
    expect(line.arrive('b', { functionKey: 'g' })).toEqual(['refuse b 16 of 16 MB'])
    line.keepWarm(0)
    expect(line.arrive('c', { functionKey: 'g' })).toContain('stop s1 memory pressure')
  })

  it('finish what they run when they are let go, and stay as any other', () => {
    const line = timeline()
    line.warm('a', 's1')
    line.keepWarm(1)
    line.arrive('b')
    expect(line.keepWarm(0)).toEqual(['keptWarm 0/0 (0) READY'])
    line.at(10 * SECOND).responded('s1', 'b')
    expect(line.at(600 * SECOND).fired('idle', 's1')).toEqual(['set idle s1 @610000000'])
    expect(line.at(610 * SECOND).fired('idle', 's1')).toContain('stop s1 idle')
  })
})
