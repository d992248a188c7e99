import { describe, expect, it } from 'vitest'
import { Scheduler } from '../../../runtime/scheduler/scheduler.ts'
import { NO_RATES, type RateLimits } from '../../../runtime/scheduler/scheduler-options.ts'
import { schedulerOptions } from '../../support/scheduler-options.ts'
import { SchedulerTimeline } from './scheduler-timeline.ts'

const SECOND = 1_000_000
const MS = 1_000

/** Functions `f` and `g` share; `r` is the one that is given a reservation. */
const timeline = (accountLimit: number, rates: Partial<RateLimits> = {}): SchedulerTimeline => {
  const options = schedulerOptions({ accountLimit, rates: { ...NO_RATES, ...rates } })
  const line = new SchedulerTimeline(new Scheduler(options))
  for (const key of ['f', 'g', 'r']) line.deploy(key, { timeoutUs: 900 * SECOND })
  return line
}

const ACCOUNT_USED_UP = ['throttle x ConcurrentInvocationLimitExceeded']
const RESERVED_USED_UP = ['throttle x ReservedFunctionConcurrentInvocationLimitExceeded']

const tries = (line: SchedulerTimeline, functionKey = 'f') => line.arrive('x', { functionKey })

/** So many that begin at this instant and do not end: how many were admitted. */
function begin(line: SchedulerTimeline, count: number, functionKey = 'f'): number {
  let admitted = 0
  for (let made = 0; made < count; made += 1) {
    const actions = line.arrive('a', { functionKey })
    if (!actions.some((action) => action.startsWith('throttle'))) admitted += 1
  }
  return admitted
}

function end(line: SchedulerTimeline, sandbox: string): void {
  line.started(sandbox)
  line.responded(sandbox, 'a')
}

describe('the limit of the account', () => {
  it('admits as many as it has at once, of all functions together, and no more', () => {
    const line = timeline(3)
    expect(begin(line, 2)).toBe(2)
    expect(begin(line, 1, 'g')).toBe(1)
    expect(tries(line)).toEqual(ACCOUNT_USED_UP)
    expect(tries(line, 'g')).toEqual(ACCOUNT_USED_UP)
    expect(line.scheduler.inFlight()).toBe(3)
  })

  it('has room for exactly one more at the instant at which one ends', () => {
    const line = timeline(2)
    begin(line, 2)
    line.at(SECOND).started('s1')
    expect(tries(line)).toEqual(ACCOUNT_USED_UP)
    line.responded('s1', 'a')
    expect(begin(line, 2)).toBe(1)
    expect(tries(line)).toEqual(ACCOUNT_USED_UP)
  })

  it('is taken until a sandbox that is reset at the deadline has no runtime any more', () => {
    const line = timeline(1)
    begin(line, 1)
    line.started('s1')
    line.at(900 * SECOND).fired('deadline', 's1')
    expect(tries(line)).toEqual(ACCOUNT_USED_UP)
    line.wasReset('s1')
    expect(begin(line, 2)).toBe(1)
  })
})

describe('the unreserved pool', () => {
  it('is what the reservations leave of the account, used or not', () => {
    const line = timeline(5)
    line.reserve('r', 2)
    expect(begin(line, 2)).toBe(2)
    expect(begin(line, 2, 'g')).toBe(1)
    expect(tries(line)).toEqual(ACCOUNT_USED_UP)
    expect(begin(line, 3, 'r')).toBe(2)
    expect(line.scheduler.inFlight()).toBe(5)
  })

  it('is not touched by what runs in a reservation', () => {
    const line = timeline(5)
    line.reserve('r', 2)
    expect(begin(line, 2, 'r')).toBe(2)
    expect(begin(line, 4)).toBe(3)
    expect(tries(line)).toEqual(ACCOUNT_USED_UP)
  })

  it('has nothing where all is reserved', () => {
    const line = timeline(2)
    line.reserve('r', 1)
    expect(begin(line, 1)).toBe(1)
    line.reserve('g', 1)
    expect(tries(line)).toEqual(ACCOUNT_USED_UP)
    end(line, 's1')
    expect(tries(line)).toEqual(ACCOUNT_USED_UP)
  })
})

describe('a reservation', () => {
  it('admits as many as it has and no more, though the account has room', () => {
    const line = timeline(10)
    line.reserve('r', 3)
    expect(begin(line, 2, 'r')).toBe(2)
    expect(begin(line, 1, 'r')).toBe(1)
    expect(tries(line, 'r')).toEqual(RESERVED_USED_UP)
    expect(begin(line, 1)).toBe(1)
  })

  it('has room for exactly one more at the instant at which one of its own ends', () => {
    const line = timeline(10)
    line.reserve('r', 2)
    begin(line, 2, 'r')
    begin(line, 1)
    end(line, 's3')
    expect(tries(line, 'r')).toEqual(RESERVED_USED_UP)
    end(line, 's1')
    expect(begin(line, 2, 'r')).toBe(1)
  })

  it('cannot exceed the account, though more was reserved', () => {
    const line = timeline(2)
    line.reserve('r', 5)
    expect(begin(line, 2, 'r')).toBe(2)
    expect(tries(line, 'r')).toEqual(ACCOUNT_USED_UP)
    expect(tries(line)).toEqual(ACCOUNT_USED_UP)
  })

  it('of 0 lets what runs go on, and admits none of what comes', () => {
    const line = timeline(10)
    begin(line, 1, 'r')
    line.started('s1')
    line.reserve('r', 0)
    expect(tries(line, 'r')).toEqual(RESERVED_USED_UP)
    expect(line.responded('s1', 'a')).toContain('finish a answered')
    expect(tries(line, 'r')).toEqual(RESERVED_USED_UP)
    line.reserve('r', undefined)
    expect(line.arrive('b', { functionKey: 'r' })).toContain('assign b→s1 reused')
  })
})

describe('a reservation that is changed while invocations run', () => {
  it('counts those that run already when it is set', () => {
    const line = timeline(4)
    begin(line, 2, 'r')
    line.reserve('r', 3)
    expect(begin(line, 2, 'r')).toBe(1)
    expect(tries(line, 'r')).toEqual(RESERVED_USED_UP)
    expect(begin(line, 2)).toBe(1)
    expect(tries(line)).toEqual(ACCOUNT_USED_UP)
  })

  it('below what runs refuses until enough have ended', () => {
    const line = timeline(10)
    line.reserve('r', 3)
    begin(line, 3, 'r')
    line.reserve('r', 2)
    end(line, 's1')
    expect(tries(line, 'r')).toEqual(RESERVED_USED_UP)
    end(line, 's2')
    expect(begin(line, 2, 'r')).toBe(1)
  })

  it('upwards admits at once what it has more', () => {
    const line = timeline(10)
    line.reserve('r', 1)
    begin(line, 1, 'r')
    expect(tries(line, 'r')).toEqual(RESERVED_USED_UP)
    line.reserve('r', 3)
    expect(begin(line, 3, 'r')).toBe(2)
  })

  it('upwards takes from the pool of the others, whose invocations go on', () => {
    const line = timeline(4)
    expect(begin(line, 3)).toBe(3)
    line.reserve('r', 2)
    expect(tries(line)).toEqual(ACCOUNT_USED_UP)
    expect(begin(line, 1, 'r')).toBe(1)
    // The account is full of what began before: the reservation has its second when one ends.
    expect(tries(line, 'r')).toEqual(ACCOUNT_USED_UP)
    end(line, 's1')
    expect(tries(line)).toEqual(ACCOUNT_USED_UP)
    expect(begin(line, 2, 'r')).toBe(1)
  })
})

describe('a reservation that is removed while invocations run', () => {
  it('leaves them to the unreserved pool, which they fill', () => {
    const line = timeline(4)
    line.reserve('r', 2)
    expect(begin(line, 2, 'r')).toBe(2)
    expect(begin(line, 1)).toBe(1)
    line.reserve('r', undefined)
    expect(begin(line, 2, 'r')).toBe(1)
    expect(tries(line)).toEqual(ACCOUNT_USED_UP)
    expect(tries(line, 'r')).toEqual(ACCOUNT_USED_UP)
  })

  it('gives back to the pool what they took once they end, neither more nor less', () => {
    const line = timeline(3)
    line.reserve('r', 1)
    begin(line, 1, 'r')
    line.reserve('r', undefined)
    expect(begin(line, 3)).toBe(2)
    end(line, 's1')
    expect(begin(line, 2)).toBe(1)
    expect(line.scheduler.inFlight()).toBe(3)
  })

  it('and set again in between leaves the balance as it was', () => {
    const line = timeline(4)
    line.reserve('r', 2)
    begin(line, 2, 'r')
    line.reserve('r', undefined)
    line.reserve('r', 3)
    expect(begin(line, 2)).toBe(1)
    expect(begin(line, 2, 'r')).toBe(1)
    for (const sandbox of ['s1', 's2', 's3', 's4']) end(line, sandbox)
    expect(line.scheduler.inFlight()).toBe(0)
    expect(begin(line, 2)).toBe(1)
    expect(begin(line, 4, 'r')).toBe(3)
  })
})

describe('the rate of a reservation that is changed', () => {
  /** One after the other in the sandbox of `r`, as many as are admitted. */
  const requests = (line: SchedulerTimeline, asked: number): number => {
    let admitted = 0
    for (let made = 0; made < asked; made += 1) {
      const actions = line.arrive('a', { functionKey: 'r' })
      if (actions.some((action) => action.startsWith('throttle'))) continue
      admitted += 1
      end(line, 's1')
    }
    return admitted
  }
  const tooFast = (afterUs: number, reserved = 'Reserved') => [
    `throttle x ${reserved}FunctionInvocationRateLimitExceeded after ${afterUs}`,
  ]

  it('is ten times what it is now', () => {
    const line = timeline(10, { requestsPerConcurrency: 10 })
    line.reserve('r', 1)
    expect(requests(line, 11)).toBe(10)
    line.at(60 * SECOND).reserve('r', 3)
    expect(requests(line, 31)).toBe(30)
    expect(tries(line, 'r')).toEqual(tooFast(33_334))
    expect(line.at(60 * SECOND + 33_333).arrive('x', { functionKey: 'r' })).toEqual(tooFast(1))
    expect(requests(line.at(60 * SECOND + 33_334), 2)).toBe(1)
  })

  it('is not filled by setting what is set already', () => {
    const line = timeline(10, { requestsPerConcurrency: 10 })
    line.reserve('r', 1)
    requests(line, 10)
    line.at(50 * MS).reserve('r', 1)
    expect(tries(line, 'r')).toEqual(tooFast(50 * MS))
    expect(requests(line.at(100 * MS), 2)).toBe(1)
  })

  it('is the account’s once it is removed', () => {
    const line = timeline(1, { requestsPerConcurrency: 5 })
    line.reserve('r', 1)
    expect(requests(line, 6)).toBe(5)
    line.reserve('r', undefined)
    expect(requests(line, 6)).toBe(5)
    expect(tries(line, 'r')).toEqual(tooFast(200 * MS, ''))
  })

  it('leaves the new environments as they are: they are the function’s, reserved or not', () => {
    const line = timeline(10, { environmentsPer10s: 2 })
    expect(begin(line, 2, 'r')).toBe(2)
    line.reserve('r', 5)
    expect(tries(line, 'r')).toEqual(tooFast(5 * SECOND))
    line.at(5 * SECOND - 1).reserve('r', undefined)
    expect(tries(line, 'r')).toEqual(tooFast(1, ''))
    expect(begin(line.at(5 * SECOND), 2, 'r')).toBe(1)
  })
})
