import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ThrottleReason } from '../../../../runtime/kernel/errors.ts'
import { LambdaMetrics } from '../../../../runtime/telemetry/metrics/lambda-metrics.ts'
import type {
  MetricName,
  Statistic,
} from '../../../../runtime/telemetry/metrics/metric-catalogue.ts'
import type { MetricSample } from '../../../../runtime/telemetry/metrics/metric-sample.ts'
import type { PlatformEvent } from '../../../../runtime/telemetry/platform-events.ts'
import {
  assigned,
  at,
  ended,
  initialised,
  MINUTE,
  provisioned,
  ran,
  reported,
  reserved,
  throttled,
} from './told.ts'

/** What is known after these events, as seen at an instant. */
function after(nowMs: number, ...events: (PlatformEvent | PlatformEvent[])[]) {
  const samples: MetricSample[] = []
  const metrics = new LambdaMetrics((sample) => samples.push(sample))
  for (const event of events.flat()) metrics.onEvent(event)
  const all = metrics.series(nowMs)
  /** By minute after the beginning; `of` is a function or its resource, or the region. */
  const values = (
    name: MetricName,
    statistic: Statistic,
    of?: string,
    resource?: string,
  ): Record<number, number> => {
    const series = all.find(
      (each) => each.name === name && each.functionName === of && each.resource === resource,
    )
    const minutes = Array.from({ length: 400 }, (_, index) => index)
    return Object.fromEntries(
      minutes.flatMap((minute) => {
        const period = series?.periods.at(MINUTE + minute)
        return period === undefined ? [] : [[minute, period.value(statistic)]]
      }),
    )
  }
  return { values, samples, names: [...new Set(all.map(({ name }) => name))] }
}

describe('invocation metrics', () => {
  it('count in the minute in which the invocation started, however long it runs', () => {
    const { values } = after(at(16), ran('a', at(0, 59), at(15, 59)), ran('b', at(1), at(1, 1)))
    expect(values('Invocations', 'Sum', 'hello')).toEqual({ 0: 1, 1: 1 })
    expect(values('Duration', 'Maximum', 'hello')).toEqual({ 0: 900_000, 1: 1_000 })
    expect(values('Duration', 'Average', 'hello')).toEqual({ 0: 900_000, 1: 1_000 })
  })

  it('are by function, by the name that the caller used, and for the whole region', () => {
    const { values } = after(
      at(1),
      ran('a', at(0), at(0, 1)),
      ran('b', at(0), at(0, 1), { qualifier: '$LATEST' }),
      ran('c', at(0), at(0, 1), { qualifier: 'live', version: '3' }),
      ran('d', at(0), at(0, 1), { functionName: 'other' }),
    )
    expect(values('Invocations', 'Sum')).toEqual({ 0: 4 })
    expect(values('Invocations', 'Sum', 'hello')).toEqual({ 0: 3 })
    expect(values('Invocations', 'Sum', 'hello', 'hello')).toEqual({ 0: 2 })
    expect(values('Invocations', 'Sum', 'hello', 'hello:live')).toEqual({ 0: 1 })
    expect(values('Invocations', 'Sum', 'hello', 'hello:3')).toEqual({})
    expect(values('Invocations', 'Sum', 'other', 'other')).toEqual({ 0: 1 })
  })

  it('count each kind of function error as one, and success as a 0', () => {
    const { values } = after(
      at(1),
      ran('a', at(0), at(0, 1), { status: 'error' }),
      ran('b', at(0), at(0, 1), { status: 'timeout' }),
      ran('c', at(0), at(0, 1), { status: 'failure' }),
      ran('d', at(0), at(0, 1)),
    )
    expect(values('Errors', 'Sum', 'hello')).toEqual({ 0: 3 })
    expect(values('Errors', 'Average', 'hello')).toEqual({ 0: 0.75 })
    expect(values('Invocations', 'Sum', 'hello')).toEqual({ 0: 4 })
  })

  it('leave out what was throttled', () => {
    const reasons: ThrottleReason[] = [
      'ReservedFunctionConcurrentInvocationLimitExceeded',
      'CallerRateLimitExceeded',
    ]
    const { values, samples, names } = after(
      at(1),
      reasons.map((reason) => throttled(at(0, 5), { reason, qualifier: 'live' })),
    )
    expect(names).toEqual(['Throttles'])
    expect(values('Throttles', 'Sum', 'hello')).toEqual({ 0: 2 })
    expect(values('Throttles', 'Sum', 'hello', 'hello:live')).toEqual({ 0: 2 })
    expect(samples.map(({ reason }) => reason)).toEqual(reasons)
  })

  it.each(['lost', 'closing'] as const)('leave out what ended as %s', (how) => {
    const { values } = after(at(1), assigned('a', at(0)), ended('a', at(0, 1), { how }))
    expect(values('Invocations', 'Sum', 'hello')).toEqual({})
    expect(values('ConcurrentExecutions', 'Maximum', 'hello')).toEqual({ 0: 1 })
  })

  it('reckon the start of one whose start they have not heard of', () => {
    const { values } = after(at(3), reported('a', at(2, 1), { durationMs: 2_000 }))
    expect(values('Invocations', 'Sum', 'hello')).toEqual({ 1: 1 })
    expect(values('Invocations', 'Sum', 'hello', 'hello')).toEqual({ 1: 1 })
  })

  it('count what ran on provisioned concurrency, and what spilled over', () => {
    const { values } = after(
      at(1),
      ran('a', at(0), at(0, 1), { concurrency: 'provisioned', version: '3', qualifier: '3' }),
      ran('b', at(0), at(0, 1), { concurrency: 'spillover', version: '3', qualifier: '3' }),
      ran('c', at(0), at(0, 1)),
    )
    const resource = ['hello', 'hello:3'] as const
    expect(values('ProvisionedConcurrencyInvocations', 'Sum', ...resource)).toEqual({ 0: 1 })
    const spilled = values('ProvisionedConcurrencySpilloverInvocations', 'Sum', ...resource)
    expect(spilled).toEqual({ 0: 1 })
    expect(values('ProvisionedConcurrencyInvocations', 'Sum', 'hello', 'hello')).toEqual({})
  })

  it('keep three hours, and not a minute more', () => {
    const runs = [0, 1, 180].flatMap((minute) => ran(`r${minute}`, at(minute), at(minute, 1)))
    const { values } = after(at(180), runs, ran('late', at(0), at(0, 1)))
    expect(values('Invocations', 'Sum', 'hello')).toEqual({ 1: 1, 180: 1 })
  })
})

describe('our own metrics', () => {
  it('count an invocation that waited for an init as one cold start', () => {
    const { values } = after(
      at(2),
      [assigned('a', at(0, 59), { sandbox: 's' }), initialised('s', at(1)), ended('a', at(1))],
      [reported('a', at(1))],
      ran('b', at(1, 1), at(1, 2), { sandbox: 's' }),
    )
    expect(values('ColdStarts', 'Sum', 'hello')).toEqual({ 0: 1 })
    expect(values('InitDuration', 'Maximum', 'hello')).toEqual({ 0: 120 })
    expect(values('Invocations', 'Sum', 'hello')).toEqual({ 0: 1, 1: 1 })
  })

  it('count no cold start for an init ahead of demand', () => {
    const { values } = after(
      at(1),
      initialised('s', at(0, 1)),
      ran('a', at(0, 2), at(0, 3), { sandbox: 's' }),
    )
    expect(values('ColdStarts', 'Sum', 'hello')).toEqual({})
    expect(values('InitDuration', 'SampleCount', 'hello')).toEqual({ 0: 1 })
  })

  it('count a suppressed init as a cold start without an init phase', () => {
    const { values } = after(
      at(1),
      assigned('a', at(0), { sandbox: 's' }),
      initialised('s', at(0, 1), { status: 'timeout' }),
      initialised('s', at(0, 2), { phase: 'invoke' }),
      reported('a', at(0, 3)),
    )
    expect(values('ColdStarts', 'Sum', 'hello')).toEqual({ 0: 1 })
    expect(values('InitDuration', 'SampleCount', 'hello')).toEqual({})
  })

  it('know how many sandboxes there were at most, told twice or not', () => {
    const sandbox = (type: 'sandbox.created' | 'sandbox.stopped', id: string, atMs: number) =>
      ({ ...initialised(id, atMs), type, reason: undefined }) as PlatformEvent
    const { values } = after(
      at(3),
      sandbox('sandbox.created', 'a', at(0)),
      sandbox('sandbox.created', 'b', at(0)),
      sandbox('sandbox.frozen' as 'sandbox.created', 'b', at(0)),
      sandbox('sandbox.stopped', 'a', at(1, 30)),
      sandbox('sandbox.stopped', 'a', at(1, 31)),
      sandbox('sandbox.stopped', 'b', at(2, 59)),
    )
    expect(values('Sandboxes', 'Maximum', 'hello')).toEqual({ 0: 2, 1: 2, 2: 1 })
    expect(values('Sandboxes', 'Maximum')).toEqual({ 0: 2, 1: 2, 2: 1 })
  })
})

describe('concurrency metrics', () => {
  it('count what was in flight when a minute began', () => {
    const { values } = after(
      at(4),
      assigned('a', at(0, 59)),
      assigned('b', at(0, 59)),
      ended('a', at(0, 59)),
      ended('b', at(3, 0)),
    )
    expect(values('ConcurrentExecutions', 'Maximum', 'hello')).toEqual({ 0: 2, 1: 1, 2: 1, 3: 1 })
    expect(values('ConcurrentExecutions', 'Maximum')).toEqual({ 0: 2, 1: 1, 2: 1, 3: 1 })
  })

  it('are, minute by minute, the most that ran at once, for any invocations', () => {
    const run = fc.record({ from: fc.nat(600), seconds: fc.nat(300) })
    fc.assert(
      fc.property(fc.array(run, { maxLength: 30 }), (runs) => {
        const changes = runs
          .flatMap(({ from, seconds }, index) => [
            { second: from, by: 1, event: assigned(`r${index}`, at(0, from)) },
            { second: from + seconds, by: -1, event: ended(`r${index}`, at(0, from + seconds)) },
          ])
          .sort((a, b) => a.second - b.second || b.by - a.by)
        const most: Record<number, number> = {}
        let level = 0
        let next = 0
        for (let minute = 0; minute <= 15; minute += 1) {
          let here = level
          for (; (changes[next]?.second ?? Infinity) < 60 * (minute + 1); next += 1) {
            level += changes[next]?.by ?? 0
            here = Math.max(here, level)
          }
          if (here > 0) most[minute] = here
        }
        const { values } = after(
          at(15, 59),
          changes.map(({ event }) => event),
        )
        expect(values('ConcurrentExecutions', 'Maximum', 'hello')).toEqual(most)
      }),
    )
  })

  it('have the running minute too, though nothing happens in it', () => {
    const { values } = after(at(2, 1), assigned('a', at(0)))
    expect(values('ConcurrentExecutions', 'Maximum', 'hello')).toEqual({ 0: 1, 1: 1, 2: 1 })
  })

  it('add up over the functions of the region', () => {
    const { values } = after(
      at(1),
      assigned('a', at(0)),
      assigned('b', at(0), { functionName: 'other' }),
      ended('b', at(0, 1), { functionName: 'other' }),
      assigned('c', at(0, 2)),
    )
    expect(values('ConcurrentExecutions', 'Maximum', 'hello')).toEqual({ 0: 2, 1: 2 })
    expect(values('ConcurrentExecutions', 'Maximum')).toEqual({ 0: 2, 1: 2 })
  })

  it('hear of an end without a beginning, and of one told twice, as of nothing', () => {
    const { values } = after(
      at(1),
      ended('x', at(0)),
      assigned('a', at(0)),
      ended('a', at(0)),
      ended('a', at(0)),
      assigned('b', at(0, 1)),
    )
    expect(values('ConcurrentExecutions', 'Maximum', 'hello')).toEqual({ 0: 1, 1: 1 })
  })

  it('leave reserved functions out of what is unreserved, also those that are busy', () => {
    const { values } = after(
      at(3),
      assigned('a', at(0)),
      assigned('b', at(0), { functionName: 'other' }),
      reserved('hello', 5, at(1, 30)),
      reserved('hello', undefined, at(2, 30)),
    )
    const unreserved = values('UnreservedConcurrentExecutions', 'Maximum')
    expect(unreserved).toEqual({ 0: 2, 1: 2, 2: 2, 3: 2 })
    const meanwhile = after(
      at(2),
      reserved('hello', 5, at(0)),
      assigned('a', at(0)),
      assigned('b', at(1), { functionName: 'other' }),
    )
    expect(meanwhile.values('UnreservedConcurrentExecutions', 'Maximum')).toEqual({ 1: 1, 2: 1 })
  })

  it('claim reservations whole, what is provisioned, and what else is busy, nothing twice', () => {
    const { values } = after(
      at(5),
      reserved('hello', 10, at(0)),
      provisioned('3', 4, at(1)),
      assigned('a', at(2), { version: '3', concurrency: 'provisioned' }),
      assigned('b', at(3), { functionName: 'other' }),
      reserved('hello', undefined, at(4)),
      assigned('c', at(5)),
    )
    expect(values('ClaimedAccountConcurrency', 'Maximum')).toEqual({
      0: 10,
      1: 10,
      2: 10,
      3: 11,
      4: 11,
      5: 6,
    })
  })

  it('know how much of what is provisioned is busy', () => {
    const of = { version: '3', qualifier: 'live', concurrency: 'provisioned' } as const
    const { values } = after(
      at(1),
      provisioned('3', 4, at(0)),
      assigned('a', at(0), of),
      assigned('b', at(0), of),
      ended('a', at(0, 1), of),
      ended('b', at(0, 2), of),
    )
    const version = ['hello', 'hello:3'] as const
    expect(values('ProvisionedConcurrentExecutions', 'Maximum', ...version)).toEqual({ 0: 2 })
    expect(values('ProvisionedConcurrentExecutions', 'Maximum', 'hello')).toEqual({ 0: 2 })
    expect(values('ProvisionedConcurrentExecutions', 'Maximum')).toEqual({ 0: 2 })
    expect(values('ProvisionedConcurrencyUtilization', 'Maximum', ...version)).toEqual({ 0: 0.5 })
    expect(values('ProvisionedConcurrencyUtilization', 'Maximum', 'hello')).toEqual({ 0: 0.5 })
  })

  it('do not go back when the wall clock does', () => {
    const { values } = after(at(2), assigned('a', at(2)), ended('a', at(1)), assigned('b', at(1)))
    expect(values('ConcurrentExecutions', 'Maximum', 'hello')).toEqual({ 2: 1 })
  })
})

describe('a metric of which nothing is known', () => {
  it('is not there, and never a 0', () => {
    expect(after(at(1)).names).toEqual([])
    const { names } = after(at(1), ran('a', at(0), at(0, 1)))
    expect(names).toEqual([
      'Invocations',
      'Errors',
      'Duration',
      'ConcurrentExecutions',
      'UnreservedConcurrentExecutions',
      'ClaimedAccountConcurrency',
    ])
  })
})
