import { describe, expect, it } from 'vitest'
import { Scheduler } from '../../../runtime/scheduler/scheduler.ts'
import {
  LAMBDA_RATES,
  NO_RATES,
  type RateLimits,
  type SchedulerOptions,
} from '../../../runtime/scheduler/scheduler-options.ts'
import { schedulerOptions } from '../../support/scheduler-options.ts'
import { SchedulerTimeline } from './scheduler-timeline.ts'

const SECOND = 1_000_000
const MS = 1_000

const timeline = (
  rates: Partial<RateLimits>,
  changes: Partial<SchedulerOptions> = {},
): SchedulerTimeline => {
  const options = schedulerOptions({
    accountLimit: 5_000,
    memoryBudgetMb: Number.POSITIVE_INFINITY,
    maxParallelStarts: 5_000,
    rates: { ...NO_RATES, ...rates },
    ...changes,
  })
  const line = new SchedulerTimeline(new Scheduler(options))
  line.deploy('f', { timeoutUs: 900 * SECOND })
  line.deploy('g', { timeoutUs: 900 * SECOND })
  return line
}

/** So many cold invocations at this instant, of which none ends: how many were admitted. */
function burst(line: SchedulerTimeline, count: number, functionKey = 'f'): number {
  let admitted = 0
  for (let made = 0; made < count; made += 1) {
    const actions = line.arrive('a', { functionKey, forceCold: true })
    if (!actions.some((action) => action.startsWith('throttle'))) admitted += 1
  }
  return admitted
}

const TOO_FAST = 'throttle a FunctionInvocationRateLimitExceeded'
const RESERVED_TOO_FAST = 'throttle a ReservedFunctionInvocationRateLimitExceeded'

describe('new environments of a function', () => {
  const { environmentsPer10s } = LAMBDA_RATES
  const ofLambda = (): SchedulerTimeline => timeline({ environmentsPer10s })

  it('are 1,000 at once and no more', () => {
    const line = ofLambda()
    expect(burst(line, 1_000)).toBe(1_000)
    expect(line.arrive('a')).toEqual([`${TOO_FAST} after 10000`])
  })

  it('come back one by one every 10 ms: not a microsecond before', () => {
    const line = ofLambda()
    burst(line, 1_000)
    expect(burst(line.at(10 * MS - 1), 1)).toBe(0)
    expect(line.arrive('a')).toEqual([`${TOO_FAST} after 1`])
    expect(burst(line.at(10 * MS), 2)).toBe(1)
    expect(burst(line.at(20 * MS - 1), 1)).toBe(0)
    expect(burst(line.at(1 * SECOND), 200)).toBe(99)
  })

  it('are 999 just before 10 s have passed, and 1,000 when they have', () => {
    const before = ofLambda()
    burst(before, 1_000)
    expect(burst(before.at(10 * SECOND - 1), 1_001)).toBe(999)
    const after = ofLambda()
    burst(after, 1_000)
    expect(burst(after.at(10 * SECOND), 1_001)).toBe(1_000)
  })

  it('do not add up when they are not used', () => {
    const line = ofLambda()
    burst(line, 10)
    expect(burst(line.at(60 * SECOND), 1_100)).toBe(1_000)
  })

  it('are counted for each function apart', () => {
    const line = timeline({ environmentsPer10s: 10 })
    expect(burst(line, 11)).toBe(10)
    expect(burst(line, 11, 'g')).toBe(10)
  })

  it('are not needed where a sandbox is idle', () => {
    const line = timeline({ environmentsPer10s: 1 })
    line.warm('a', 's1')
    expect(line.arrive('b')).toContain('assign b→s1 reused')
    expect(line.arrive('a')).toEqual([`${TOO_FAST} after 10000000`])
  })

  it('that are refused have a reason of their own with a reservation', () => {
    const line = timeline({ environmentsPer10s: 1 })
    line.reserve('f', 5)
    burst(line, 1)
    expect(line.arrive('a')).toEqual([`${RESERVED_TOO_FAST} after 10000000`])
  })

  it('are not taken by an invocation that is refused for another reason', () => {
    const line = timeline({ environmentsPer10s: 2 }, { accountLimit: 1 })
    burst(line, 3)
    line.started('s1')
    line.responded('s1', 'a')
    expect(burst(line, 1)).toBe(1)
  })
})

describe('requests', () => {
  /** As fast as they come, one after the other in the same sandbox. */
  function sequence(line: SchedulerTimeline, count: number, sandbox = 's1', key = 'f'): number {
    let admitted = 0
    for (let made = 0; made < count; made += 1) {
      const actions = line.arrive('a', { functionKey: key })
      if (actions.some((action) => action.startsWith('throttle'))) continue
      admitted += 1
      if (actions.includes(`create ${sandbox}`)) line.started(sandbox)
      line.responded(sandbox, 'a')
    }
    return admitted
  }

  it('are ten a second for each unit of the account, and come back steadily', () => {
    const line = timeline({ requestsPerConcurrency: 10 }, { accountLimit: 2 })
    expect(sequence(line, 21)).toBe(20)
    expect(line.arrive('a')).toEqual([`${TOO_FAST} after 50000`])
    expect(sequence(line.at(50 * MS - 1), 1)).toBe(0)
    expect(sequence(line.at(50 * MS), 2)).toBe(1)
    // The 19 of this second that were not refilled yet, just before and when it is over.
    expect(sequence(line.at(1_050 * MS - 1), 30)).toBe(19)
    expect(sequence(line.at(2_050 * MS), 30)).toBe(20)
  })

  it('say when they are possible again, whatever new environments would have to wait for', () => {
    const line = timeline({ requestsPerConcurrency: 1, environmentsPer10s: 1 }, { accountLimit: 1 })
    line.warm('a', 's1')
    expect(line.arrive('a')).toEqual([`${TOO_FAST} after 1000000`])
    expect(line.at(SECOND - 1).arrive('a')).toEqual([`${TOO_FAST} after 1`])
    expect(line.at(SECOND).arrive('a')).toContain('assign a→s1 reused')
  })

  it('of all functions without a reservation share the account’s', () => {
    const line = timeline({ requestsPerConcurrency: 10 }, { accountLimit: 2 })
    expect(sequence(line, 15)).toBe(15)
    expect(sequence(line, 15, 's2', 'g')).toBe(5)
  })

  it('of a reservation are ten a second for each unit of it, beside the account’s', () => {
    const line = timeline({ requestsPerConcurrency: 10 }, { accountLimit: 2 })
    line.reserve('f', 1)
    expect(sequence(line, 11)).toBe(10)
    expect(line.arrive('a')).toEqual([`${RESERVED_TOO_FAST} after 100000`])
    expect(sequence(line, 15, 's2', 'g')).toBe(15)
    expect(sequence(line.at(100 * MS - 1), 1)).toBe(0)
    expect(sequence(line.at(100 * MS), 2)).toBe(1)
  })

  it('that are refused for their concurrency take nothing of the rate', () => {
    const line = timeline({ requestsPerConcurrency: 10 }, { accountLimit: 1 })
    line.arrive('a')
    line.started('s1')
    for (let made = 0; made < 20; made += 1) {
      expect(line.arrive('b')).toEqual(['throttle b ConcurrentInvocationLimitExceeded'])
    }
    line.responded('s1', 'a')
    expect(sequence(line, 20)).toBe(9)
  })
})

describe('calls of all callers', () => {
  it('are so many a second, refused ones too, and that comes before all but a reservation of 0', () => {
    const line = timeline({ callerRequestsPerSecond: 2 }, { accountLimit: 1 })
    line.arrive('a')
    expect(line.arrive('b')).toEqual(['throttle b ConcurrentInvocationLimitExceeded'])
    expect(line.arrive('c')).toEqual(['throttle c CallerRateLimitExceeded after 500000'])
    line.reserve('g', 0)
    expect(line.arrive('d', { functionKey: 'g' })).toEqual([
      'throttle d ReservedFunctionConcurrentInvocationLimitExceeded',
    ])
    expect(line.at(500 * MS - 1).arrive('e')).toEqual([
      'throttle e CallerRateLimitExceeded after 1',
    ])
    expect(line.at(500 * MS).arrive('e')).toEqual(['throttle e ConcurrentInvocationLimitExceeded'])
  })
})
