import { describe, expect, it } from 'vitest'
import { Scheduler } from '../../../runtime/scheduler/scheduler.ts'
import { NO_RATES, type SchedulerOptions } from '../../../runtime/scheduler/scheduler-options.ts'
import { schedulerOptions } from '../../support/scheduler-options.ts'
import { SchedulerTimeline } from './scheduler-timeline.ts'

const SECOND = 1_000_000

const timeline = (changes: Partial<SchedulerOptions> = {}, timeoutUs = 3 * SECOND) => {
  const line = new SchedulerTimeline(new Scheduler(schedulerOptions(changes)))
  line.deploy('f', { timeoutUs })
  line.deploy('g', { timeoutUs })
  return line
}

/** Two that are initialised, and may be used. */
function provisioned(line: SchedulerTimeline): SchedulerTimeline {
  line.provision(2)
  line.started('s1')
  line.started('s2')
  return line
}

const starts = (actions: readonly string[]): string[] =>
  actions.filter((action) => action.startsWith('start '))

describe('provisioned concurrency', () => {
  it('is initialised ahead of demand and used only once all of it is there', () => {
    const line = timeline()
    expect(line.provision(2)).toEqual([
      'create s1 provisioned',
      'create s2 provisioned',
      'provisioned 0/2 (0) IN_PROGRESS',
      'set init s1 @130000000',
      'start s1 init ahead',
      'set init s2 @130000000',
      'start s2 init ahead',
    ])
    expect(line.started('s1')).toContain('provisioned 1/2 (0) IN_PROGRESS')
    expect(line.arrive('a')).toContain('assign a→s3 all busy spillover')
    expect(line.started('s2')).toContain('provisioned 2/2 (2) READY')
    expect(line.arrive('b')).toContain('assign b→s2 reused provisioned')
  })

  it('spills over to on demand when all of it is busy', () => {
    const line = provisioned(timeline())
    line.arrive('a')
    line.arrive('b')
    expect(line.arrive('c')).toContain('assign c→s3 all busy spillover')
    line.responded('s1', 'b')
    expect(line.arrive('d')).toContain('assign d→s1 reused provisioned')
  })

  it('spills over when requests come faster than ten a second for each unit', () => {
    const line = provisioned(timeline({ rates: { ...NO_RATES, requestsPerConcurrency: 10 } }))
    for (let made = 0; made < 20; made += 1) {
      expect(line.arrive('a')).toContain('assign a→s2 reused provisioned')
      line.responded('s2', 'a')
    }
    expect(line.at(50_000 - 1).arrive('b')).toContain('assign b→s3 all busy spillover')
    expect(line.at(50_000).arrive('c')).toContain('assign c→s2 reused provisioned')
  })

  it('leaves to what is on demand the rest of the reservation', () => {
    const line = timeline()
    line.reserve('f', 3)
    provisioned(line)
    for (const name of ['a', 'b', 'c']) line.arrive(name)
    expect(line.arrive('d')).toEqual([
      'throttle d ReservedFunctionConcurrentInvocationLimitExceeded',
    ])
  })

  it('is taken out of the unreserved pool, busy or not', () => {
    const line = provisioned(timeline({ accountLimit: 3 }))
    line.arrive('a', { functionKey: 'g' })
    expect(line.arrive('b', { functionKey: 'g' })).toEqual([
      'throttle b ConcurrentInvocationLimitExceeded',
    ])
    expect(line.arrive('c')).toContain('assign c→s2 reused provisioned')
  })

  it('has an init limit of 130 s, or of the function’s timeout where that is longer', () => {
    expect(timeline().provision(1)).toContain('set init s1 @130000000')
    expect(timeline({}, 131 * SECOND).provision(1)).toContain('set init s1 @131000000')
  })

  it('begins as fast as Lambda allocates', () => {
    const line = timeline({ rates: { ...NO_RATES, allocationsPerSecond: 2 } })
    expect(line.provision(3)).toContain('set allocate f @500000')
    expect(line.at(499_999).firedOf('allocate')).toEqual(['set allocate f @500000'])
    expect(line.at(500_000).firedOf('allocate')).toContain('start s3 init ahead')
  })

  it('is evicted neither for being idle nor for want of memory', () => {
    const line = provisioned(timeline({ memoryBudgetMb: 32 }))
    expect(line.arrive('a', { functionKey: 'g' })).toEqual(['refuse a 32 of 32 MB'])
    expect(line.at(3_600 * SECOND).fired('idle', 's1')).toEqual([])
  })
})

describe('provisioned concurrency that is lost', () => {
  it('is initialised again in the background after a timeout, with its /tmp', () => {
    const line = provisioned(timeline())
    line.arrive('a')
    line.at(3 * SECOND).fired('deadline', 's2')
    const actions = line.wasReset('s2')
    expect(actions).toContain('finish a timeout')
    expect(actions).toContain('provisioned 1/2 (1) IN_PROGRESS')
    expect(starts(actions)).toEqual(['start s2 init ahead'])
    expect(line.started('s2')).toContain('provisioned 2/2 (2) READY')
  })

  it('is initialised again after a crash', () => {
    const line = provisioned(timeline())
    line.arrive('a')
    expect(starts(line.runtimeExited('s2', 'a'))).toEqual(['start s2 init ahead'])
  })

  it('is replaced when it was evicted', () => {
    const line = provisioned(timeline())
    const actions = line.evictOne('s1')
    expect(actions).toContain('stop s1 evicted')
    expect(starts(actions)).toEqual(['start s3 init ahead'])
  })

  it('is replaced when it is recycled', () => {
    const recycling = { leastAgeUs: SECOND, mostAgeUs: SECOND, afterInvocations: 9 }
    const line = provisioned(timeline({ recycling }))
    const actions = line.at(SECOND).fired('idle', 's1')
    expect(actions).toContain('stop s1 recycled')
    expect(starts(actions)).toEqual(['start s3 init ahead'])
  })

  it('is replaced when the function is deployed again', () => {
    const line = provisioned(timeline())
    const actions = line.deploy('f', { timeoutUs: SECOND })
    expect(actions).toContain('stop s1 replaced')
    expect(starts(actions)).toEqual(['start s3 init ahead', 'start s4 init ahead'])
  })

  it('is not started for ever where its runtime ends before it was used', () => {
    const line = provisioned(timeline())
    const actions = line.exitedIdle('s1')
    expect(actions).toContain('provisioned 1/2 (1) FAILED FUNCTION_ERROR_INIT_FAILURE')
    expect(starts(actions)).toEqual([])
  })
})

describe('provisioned concurrency that cannot be had', () => {
  it('fails with its init, and lets go of what it has', () => {
    const line = timeline()
    line.provision(2)
    line.started('s1')
    const actions = line.startFailed('s2')
    expect(actions).toContain('stop s2 init failed')
    expect(actions).toContain('stop s1 not provisioned')
    expect(actions).toContain('provisioned 0/2 (0) FAILED FUNCTION_ERROR_INIT_FAILURE')
  })

  it('fails with an init that takes too long', () => {
    const line = timeline()
    line.provision(1)
    expect(line.at(130 * SECOND).fired('init', 's1')).toEqual(['reset s1 init timeout'])
    expect(line.wasReset('s1')).toContain('provisioned 0/1 (0) FAILED FUNCTION_ERROR_INIT_FAILURE')
  })

  it('fails for want of memory, to the megabyte', () => {
    expect(timeline({ memoryBudgetMb: 32 }).provision(2)).toContain(
      'provisioned 0/2 (0) IN_PROGRESS',
    )
    const actions = timeline({ memoryBudgetMb: 31 }).provision(2)
    expect(actions).toContain('provisioned 0/2 (0) FAILED SANDLOT_OUT_OF_MEMORY')
    expect(starts(actions)).toEqual([])
  })

  it('evicts nobody where not all of it can be had', () => {
    const line = timeline({ memoryBudgetMb: 31 })
    line.warm('a', 's1')
    const actions = line.provision(2, 'g')
    expect(actions).toEqual(['provisioned 0/2 (0) FAILED SANDLOT_OUT_OF_MEMORY'])
    expect(line.arrive('b')).toContain('assign b→s1 reused')
  })

  it('tries again when it is asked for again', () => {
    const line = timeline()
    line.provision(1)
    line.startFailed('s1')
    expect(starts(line.provision(1))).toEqual(['start s2 init ahead'])
  })
})

describe('less provisioned concurrency', () => {
  it('lets idle ones go before busy ones, which finish first', () => {
    const line = provisioned(timeline())
    line.arrive('a')
    expect(line.provision(1)).toContain('stop s1 not provisioned')
    expect(line.provision(0)).toEqual(['provisioned 0/0 (0) READY'])
    expect(line.responded('s2', 'a')).toContain('stop s2 not provisioned')
    expect(line.arrive('b')).toContain('assign b→s3 no sandbox')
  })

  it('lets those go first that are not initialised', () => {
    const line = timeline()
    line.provision(2)
    line.started('s2')
    expect(line.provision(1)).toContain('stop s1 not provisioned')
  })

  it('gives back what it took of the unreserved pool', () => {
    const line = provisioned(timeline({ accountLimit: 2 }))
    const arrives = () => line.arrive('a', { functionKey: 'g' })
    expect(arrives()).toEqual(['throttle a ConcurrentInvocationLimitExceeded'])
    line.provision(0)
    expect(arrives()).toContain('assign a→s3 no sandbox')
  })
})

describe('sandboxes that are kept warm', () => {
  it('are those that are there and idle, and as many more as are missing', () => {
    const line = timeline()
    line.warm('a', 's1')
    const actions = line.keepWarm(2)
    expect(actions).toContain('keptWarm 1/2 (0) IN_PROGRESS')
    expect(starts(actions)).toEqual(['start s2 init ahead'])
    expect(line.started('s2')).toContain('keptWarm 2/2 (2) READY')
    expect(line.arrive('b')).toContain('assign b→s2 reused')
  })

  it('are not evicted when idle, and replaced when they are lost', () => {
    const line = timeline()
    line.warm('a', 's1')
    line.keepWarm(1)
    expect(line.at(600 * SECOND).fired('idle', 's1')).toEqual([])
    expect(starts(line.evictOne('s1'))).toEqual(['start s2 init ahead'])
  })

  it('are idle as any other from the moment at which that ends', () => {
    const line = timeline()
    line.warm('a', 's1')
    line.keepWarm(1)
    line.at(600 * SECOND).fired('idle', 's1')
    expect(line.keepWarm(0)).toEqual(['set idle s1 @1200000000', 'keptWarm 0/0 (0) READY'])
    expect(line.at(1_200 * SECOND).fired('idle', 's1')).toContain('stop s1 idle')
  })
})
