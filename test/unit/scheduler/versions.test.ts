import { describe, expect, it } from 'vitest'
import { Scheduler } from '../../../runtime/scheduler/scheduler.ts'
import { NO_RATES, type SchedulerOptions } from '../../../runtime/scheduler/scheduler-options.ts'
import { schedulerOptions } from '../../support/scheduler-options.ts'
import { SchedulerTimeline } from './scheduler-timeline.ts'

const SECOND = 1_000_000

/** Two versions of `f`. */
const timeline = (changes: Partial<SchedulerOptions> = {}): SchedulerTimeline => {
  const line = new SchedulerTimeline(new Scheduler(schedulerOptions(changes)))
  line.deploy('f', { timeoutUs: 3 * SECOND })
  line.deploy('f:1', { timeoutUs: 5 * SECOND })
  return line
}

const ONE = { functionKey: 'f:1' }

describe('two versions of a function', () => {
  it('share no sandbox, and each has its own timeout', () => {
    const line = timeline()
    line.warm('a', 's1')
    expect(line.arrive('b', ONE)).toContain('assign b→s2 no sandbox')
    expect(line.started('s2')).toContain('set deadline s2 @5000000')
  })

  it('share its reservation', () => {
    const line = timeline()
    line.reserve('f', 2)
    line.arrive('a')
    line.arrive('b', ONE)
    const refused = 'ReservedFunctionConcurrentInvocationLimitExceeded'
    expect(line.arrive('c')).toEqual([`throttle c ${refused}`])
    expect(line.arrive('d', ONE)).toEqual([`throttle d ${refused}`])
  })

  it('share the rate of its new environments', () => {
    const line = timeline({ rates: { ...NO_RATES, environmentsPer10s: 2 } })
    line.arrive('a')
    line.arrive('b', ONE)
    const refused = 'FunctionInvocationRateLimitExceeded after'
    expect(line.arrive('c')).toEqual([`throttle c ${refused} 5000000`])
    expect(line.at(5 * SECOND - 1).arrive('d', ONE)).toEqual([`throttle d ${refused} 1`])
    expect(line.at(5 * SECOND).arrive('e', ONE)).toContain('assign e→s3 all busy')
  })

  it('have each what is provisioned of it, and together what its reservation leaves beside', () => {
    const line = timeline()
    line.reserve('f', 3)
    line.provision(1, 'f:1')
    line.started('s1')
    expect(line.arrive('a')).toContain('assign a→s2 no sandbox')
    expect(line.arrive('b')).toContain('assign b→s3 all busy')
    expect(line.arrive('c')).toEqual([
      'throttle c ReservedFunctionConcurrentInvocationLimitExceeded',
    ])
    expect(line.arrive('d', ONE)).toContain('assign d→s1 reused provisioned')
    expect(line.arrive('e', ONE)).toEqual([
      'throttle e ReservedFunctionConcurrentInvocationLimitExceeded',
    ])
  })

  it('are deployed again one by one, and evicted together', () => {
    const line = timeline()
    line.warm('a', 's1')
    line.arrive('b', ONE)
    line.started('s2')
    line.responded('s2', 'b')
    expect(line.deploy('f', { timeoutUs: SECOND })).toContain('stop s1 replaced')
    expect(line.arrive('c', ONE)).toContain('assign c→s2 reused')
    line.responded('s2', 'c')
    line.warm('d', 's3')
    const stops = line.evict('f').filter((action) => action.startsWith('stop '))
    expect(stops).toEqual(['stop s2 evicted', 'stop s3 evicted'])
  })
})
