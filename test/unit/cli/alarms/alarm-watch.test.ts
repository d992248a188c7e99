import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { alarmEvent } from '../../../../cli/alarms/alarm-event.ts'
import { type AlarmState, alarmState } from '../../../../cli/alarms/alarm-policy.ts'
import { changeText } from '../../../../cli/alarms/alarm-text.ts'
import { type AlarmChange, AlarmWatch } from '../../../../cli/alarms/alarm-watch.ts'
import { readAlarms } from '../../../../cli/alarms/alarms.ts'
import { collectMetrics } from '../../../../runtime/telemetry/metrics/collect-metrics.ts'
import type { PlatformEvent } from '../../../../runtime/telemetry/platform-events.ts'
import { assigned, at, ended, ran, throttled } from '../../telemetry/metrics/told.ts'

const rulesOf = (...texts: string[]) =>
  readAlarms(texts, [], [{ name: 'hello' }, { name: 'other' }]).rules

const ruleOf = (text: string) => rulesOf(text)[0] as ReturnType<typeof rulesOf>[number]

describe('the state of an alarm of a figure', () => {
  const rule = ruleOf('Duration.p99>=500 for 3m')
  const none = undefined

  it.each<[(number | undefined)[], AlarmState, AlarmState]>([
    [[500, 501, 900], 'OK', 'ALARM'],
    [[500, 501, 499], 'ALARM', 'OK'],
    [[none, none, 499], 'ALARM', 'OK'],
    [[none, none, none], 'ALARM', 'INSUFFICIENT_DATA'],
    [[none, none, none], 'OK', 'INSUFFICIENT_DATA'],
    // Not yet three: it stays as it was.
    [[none, 500, 500], 'OK', 'OK'],
    [[none, 500, 500], 'INSUFFICIENT_DATA', 'INSUFFICIENT_DATA'],
    [[none, none, 500], 'ALARM', 'ALARM'],
    // All there is has breached, and nothing new has come.
    [[500, none, none], 'OK', 'ALARM'],
    [[500, none, 500], 'OK', 'ALARM'],
  ])('of %j is, after %s, %s', (values, before, state) => {
    expect(alarmState(rule, values, before)).toBe(state)
  })

  it.each<[string, number, AlarmState]>([
    ['>', 500, 'OK'],
    ['>', 500.1, 'ALARM'],
    ['>=', 500, 'ALARM'],
    ['>=', 499.9, 'OK'],
    ['<', 500, 'OK'],
    ['<', 499.9, 'ALARM'],
    ['<=', 500, 'ALARM'],
    ['<=', 500.1, 'OK'],
  ])('with %s 500, at %d, is %s', (comparison, value, state) => {
    expect(alarmState(ruleOf(`Duration${comparison}500 for 1m`), [value], 'OK')).toBe(state)
  })
})

describe('the state of an alarm of what is counted', () => {
  const rule = ruleOf('Throttles>0 for 2m')

  it('is OK where there was nothing to count', () => {
    expect(alarmState(rule, [undefined, undefined], 'ALARM')).toBe('OK')
    expect(alarmState(rule, [3, undefined], 'ALARM')).toBe('OK')
    expect(alarmState(rule, [undefined, 3], 'INSUFFICIENT_DATA')).toBe('OK')
    expect(alarmState(rule, [1, 1], 'OK')).toBe('ALARM')
  })

  it('is, whatever it was, never unknown, and ALARM only if every minute breaches', () => {
    const state = fc.constantFrom<AlarmState>('OK', 'ALARM', 'INSUFFICIENT_DATA')
    const minutes = fc.array(fc.option(fc.nat(3), { nil: undefined }), { minLength: 1 })
    fc.assert(
      fc.property(minutes, state, (values, before) => {
        const breach = values.every((value) => value !== undefined && value > 0)
        expect(alarmState(rule, values, before)).toBe(breach ? 'ALARM' : 'OK')
      }),
    )
  })
})

/** Instants of a timeline: what happens, or that a minute has ended. */
function watched(startMs: number, alarm: string, ...steps: (PlatformEvent[] | number)[]) {
  let tell: (event: PlatformEvent) => void = () => undefined
  let nowMs = startMs
  const metrics = collectMetrics({
    onEvent: (listener) => {
      tell = listener
    },
    wallMs: () => nowMs,
  })
  const changes: AlarmChange[] = []
  const watch = new AlarmWatch(rulesOf(alarm), metrics, startMs, (change) => changes.push(change))
  metrics.onSample((sample) => watch.onSample(sample, nowMs))
  for (const step of steps) {
    if (typeof step === 'number') {
      nowMs = step
      watch.minuteEnded(nowMs)
    } else {
      for (const event of step) {
        nowMs = Math.max(nowMs, event.atMs)
        tell(event)
      }
    }
  }
  const told = changes.map(({ state, atMs, datapoints }) => [
    (atMs - at(0)) / 60_000,
    state,
    datapoints.map(({ value }) => value),
  ])
  return { changes, told }
}

describe('alarms on a timeline', () => {
  it('come as soon as a sum is over, and go when a minute without has ended', () => {
    const { told } = watched(
      at(0, 30),
      'Throttles>1 for 1m',
      [throttled(at(0, 40))],
      at(1),
      [throttled(at(1, 15)), throttled(at(1, 30)), throttled(at(1, 45))],
      at(2),
      at(3),
    )
    expect(told).toEqual([
      [1, 'OK', [1]],
      [1.5, 'ALARM', [2]],
      [3, 'OK', [undefined]],
    ])
  })

  it('of several minutes come within the last of them, not before', () => {
    const { told } = watched(
      at(0),
      'hello:Throttles>0 for 2m',
      [throttled(at(0, 59)), throttled(at(1, 0), { functionName: 'other' })],
      [throttled(at(1, 6))],
    )
    expect(told).toEqual([[1.1, 'ALARM', [1, 1]]])
  })

  it('are not raised by minutes with a gap between them', () => {
    const { told } = watched(
      at(0),
      'Throttles>0 for 2m',
      [throttled(at(0))],
      [throttled(at(2))],
      at(3),
    )
    expect(told).toEqual([[3, 'OK', [undefined, 1]]])
  })

  it('come for an invocation that started minutes ago and has only now failed', () => {
    const { told } = watched(
      at(0),
      'Errors>0 for 1m',
      at(1),
      [assigned('a', at(0, 30))],
      at(5),
      ran('a', at(0, 30), at(5, 30), { status: 'timeout' }),
      at(6),
    )
    expect(told).toEqual([
      [1, 'OK', [undefined]],
      [5.5, 'ALARM', [1]],
      [6, 'OK', [undefined]],
    ])
  })

  it('of a level come at once, and stay while what was in flight is', () => {
    const { told } = watched(
      at(0),
      'hello:ConcurrentExecutions>=2 for 1m',
      [assigned('a', at(0, 6)), assigned('b', at(0, 12))],
      at(1),
      at(2),
      [ended('a', at(2, 1))],
      at(3),
      at(4),
      [ended('b', at(4, 0))],
      at(5),
      at(6),
    )
    expect(told).toEqual([
      [0.2, 'ALARM', [2]],
      [4, 'OK', [1]],
      [6, 'INSUFFICIENT_DATA', [undefined]],
    ])
  })

  it('of an average wait for the end of the minute', () => {
    const { told } = watched(
      at(0),
      'Duration>=1000 for 1m',
      ran('a', at(0), at(0, 1)),
      ran('b', at(0, 30), at(0, 31)),
      at(1),
    )
    expect(told).toEqual([[1, 'ALARM', [1_000]]])
  })

  it('of too little do not count the minute in which the server started', () => {
    const rare = ran('a', at(0, 50), at(0, 51))
    const { told } = watched(at(0, 45), 'Invocations<5 for 1m', rare, at(1))
    expect(told).toEqual([[1, 'OK', [undefined]]])
    const next = watched(at(0, 45), 'Invocations<5 for 1m', ran('a', at(1), at(1, 1)), at(2))
    expect(next.told).toEqual([[2, 'ALARM', [1]]])
  })
})

describe('what is told of a change', () => {
  const { changes } = watched(
    at(0),
    'hello:Throttles>0 for 2m',
    at(1),
    [throttled(at(1, 30))],
    [throttled(at(2, 6)), throttled(at(2, 7))],
  )
  const change = changes[1] as AlarmChange

  it('is one line', () => {
    expect(changes.map(changeText)).toEqual([
      'hello:Throttles>0 for 2m is OK, was INSUFFICIENT_DATA: –, – in 2 minutes',
      'hello:Throttles>0 for 2m is ALARM, was OK: 1, 1 in 2 minutes',
    ])
    const slow = {
      ...change,
      rule: ruleOf('Duration>5 for 1m'),
      datapoints: [{ minute: 0, value: 12.34 }],
    }
    expect(changeText(slow)).toBe('Duration>5 for 1m is ALARM, was OK: 12.3 ms in one minute')
    const long = { ...change, rule: ruleOf('Throttles>0 for 7m') }
    const datapoints = [1, 2, 3, 4, 5, 6, 7].map((value) => ({ minute: value, value }))
    expect(changeText({ ...long, datapoints })).toBe(
      'Throttles>0 for 7m is ALARM, was OK: …, 3, 4, 5, 6, 7 in 7 minutes',
    )
  })

  it('has the shape of CloudWatch’s event', () => {
    const time = (ms: number) => new Date(ms).toISOString().replace('Z', '+0000')
    const event = alarmEvent(change)
    const { reasonData } = (event as { alarmData: { state: { reasonData: string } } }).alarmData
      .state
    expect(event).toEqual({
      source: 'aws.cloudwatch',
      alarmArn: 'arn:aws:cloudwatch:us-east-1:000000000000:alarm:hello:Throttles>0 for 2m',
      accountId: '000000000000',
      time: time(at(2, 6)),
      region: 'us-east-1',
      alarmData: {
        alarmName: 'hello:Throttles>0 for 2m',
        state: {
          value: 'ALARM',
          reason: changeText(change),
          reasonData,
          timestamp: time(at(2, 6)),
        },
        previousState: { value: 'OK', timestamp: time(at(1)) },
        configuration: {
          metrics: [
            {
              id: 'm1',
              metricStat: {
                metric: {
                  namespace: 'AWS/Lambda',
                  name: 'Throttles',
                  dimensions: { FunctionName: 'hello' },
                },
                period: 60,
                stat: 'Sum',
              },
              returnData: true,
            },
          ],
        },
      },
    })
    expect(JSON.parse(reasonData)).toEqual({
      version: '1.0',
      queryDate: time(at(2, 6)),
      startDate: time(at(1)),
      statistic: 'Sum',
      period: 60,
      recentDatapoints: [1, 1],
      threshold: 0,
      evaluatedDatapoints: [
        { timestamp: time(at(1)), value: 1 },
        { timestamp: time(at(2)), value: 1 },
      ],
    })
  })
})
