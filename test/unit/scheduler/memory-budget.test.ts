import { describe, expect, it } from 'vitest'
import { Scheduler } from '../../../runtime/scheduler/scheduler.ts'
import type { SchedulerOptions } from '../../../runtime/scheduler/scheduler-options.ts'
import { schedulerOptions } from '../../support/scheduler-options.ts'
import { SchedulerTimeline } from './scheduler-timeline.ts'

const SECOND = 1_000_000

const timeline = (changes: Partial<SchedulerOptions> = {}): SchedulerTimeline => {
  const line = new SchedulerTimeline(new Scheduler(schedulerOptions(changes)))
  line.deploy('f', { timeoutUs: 900 * SECOND })
  line.deploy('g', { timeoutUs: 900 * SECOND })
  return line
}

const stops = (actions: readonly string[]): string[] =>
  actions.filter((action) => action.startsWith('stop '))

describe('greedy-dual', () => {
  /** A cold invocation whose init takes so long, from this instant. */
  function cold(line: SchedulerTimeline, sandbox: string, key: string, us: number, atUs: number) {
    line.at(atUs).arrive('a', { functionKey: key })
    line.at(atUs + us).started(sandbox)
    line.responded(sandbox, 'a')
  }

  it('goes by cold starts, not by inits inside an invocation', () => {
    const line = timeline({ memoryBudgetMb: 32, keepAlive: { kind: 'greedy-dual' } })
    line.deploy('h', { timeoutUs: SECOND })
    cold(line, 's1', 'f', 1_000, 0)
    line.arrive('b')
    line.runtimeExited('s1', 'b')
    line.at(10_000).arrive('c')
    line.at(90_000).started('s1')
    line.responded('s1', 'c')
    cold(line, 's2', 'g', 20_000, 100_000)
    expect(stops(line.arrive('z', { functionKey: 'h' }))).toEqual(['stop s1 memory pressure'])
  })
})

describe('memory', () => {
  it('that is just enough without evicting is enough', () => {
    const line = timeline({ memoryBudgetMb: 32 })
    line.warm('a', 's1')
    expect(line.arrive('b', { forceCold: true })).toContain('assign b→s2 forced')
    expect(line.scheduler.memory()).toEqual({ budgetMb: 32, takenMb: 32 })
  })

  it('is counted for a new sandbox as the last of its version was found to take', () => {
    const line = timeline({ memoryBudgetMb: 60 })
    line.warm('a', 's1')
    line.measured('s1', 40)
    expect(stops(line.arrive('b', { forceCold: true }))).toEqual(['stop s1 memory pressure'])
    expect(line.arrive('c')).toEqual(['refuse c 40 of 60 MB'])
    line.deploy('f', { timeoutUs: SECOND, footprintMb: 20 })
    expect(line.arrive('d')).toContain('assign d→s3 no sandbox')
  })
})

describe('recycling', () => {
  it('leaves a sandbox that is not quite old enough', () => {
    const recycling = { leastAgeUs: 60 * SECOND, mostAgeUs: 60 * SECOND, afterInvocations: 9 }
    const line = timeline({ recycling })
    line.arrive('a')
    line.started('s1')
    const told = line.at(60 * SECOND - 1).responded('s1', 'a')
    expect(stops(told)).toEqual([])
    expect(told).toContain('set idle s1 @60000000')
  })
})
