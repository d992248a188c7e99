import { describe, expect, it } from 'vitest'
import { ControllerCounts } from '../../../../cli/measure/load/controller-counts.ts'
import type { GeneratorReport } from '../../../../cli/measure/load/generator-messages.ts'
import { reconcile } from '../../../../cli/measure/load/reconciliation.ts'
import { validityOf } from '../../../../cli/measure/load/validity.ts'
import { distributionOf } from '../../../../cli/measure/statistics/histogram.ts'
import { newSandboxId } from '../../../../runtime/kernel/ids.ts'
import { seededRandom } from '../../../../runtime/kernel/random.ts'
import type { PlatformEvent } from '../../../../runtime/telemetry/platform-events.ts'

const many = (count: number, ms: number): number[] => Array.from({ length: count }, () => ms)

/** 2,000 requests in 10 s that each took `responseMs` and were sent `lagMs` late. */
function report(
  change: Partial<GeneratorReport> = {},
  lagMs = 0.1,
  responseMs = 5,
): GeneratorReport {
  const times = distributionOf(many(2_000, responseMs))
  return {
    complete: true,
    planned: 2_000,
    sent: 2_000,
    dropped: 0,
    sendingMs: 10_000,
    counts: { ran: 2_000, cold: 0, throttled: 0, billedMs: 0, memorySizeMb: undefined },
    outcomes: [],
    answered: { responseMs: times, serviceMs: times },
    lagMs: distributionOf(many(2_000, lagMs)),
    eventLoopDelayMs: { p99: 0.2, max: 1 },
    cpu: 0.3,
    ...change,
  }
}

const judged = (of: GeneratorReport, allowDrops = false) =>
  validityOf(of, { durationMs: 10_000, allowDrops })

describe('a load test is valid', () => {
  it('when the generator kept to its plan', () => {
    expect(judged(report())).toMatchObject({
      valid: true,
      reasons: [],
      plannedPerSecond: 200,
      achievedPerSecond: 200,
    })
  })

  it('with a lag of 1 ms, or of a tenth of the median response where that is more', () => {
    expect(judged(report({}, 1, 5)).valid).toBe(true)
    expect(judged(report({}, 1.01, 5)).reasons).toEqual([
      '1 % of the requests were sent 1.01 ms late or more; 1.00 ms are allowed',
    ])
    expect(judged(report({}, 9.9, 100)).valid).toBe(true)
    expect(judged(report({}, 10.2, 100)).reasons).toEqual([
      '1 % of the requests were sent 10.20 ms late or more; 10.00 ms are allowed',
    ])
  })

  it('by the p90 of the lag, or the median, where the requests are too few for a p99', () => {
    const lagMs = distributionOf([...many(480, 0.1), ...many(20, 50)])
    expect(judged(report({ lagMs })).valid).toBe(true)
    expect(judged(report({ lagMs: distributionOf(many(500, 50)) })).reasons).toEqual([
      '10 % of the requests were sent 50.00 ms late or more; 1.00 ms are allowed',
    ])
    const ofFew = (late: number) =>
      judged(report({ lagMs: distributionOf([...many(50 - late, 0.1), ...many(late, 50)]) }))
    expect(ofFew(20).valid).toBe(true)
    expect(ofFew(30).reasons).toEqual([
      '50 % of the requests were sent 50.00 ms late or more; 1.00 ms are allowed',
    ])
    expect(judged(report({ lagMs: distributionOf(many(19, 50)) })).valid).toBe(true)
  })

  it('when it saw the answers in time: an event loop 2 ms late, or a tenth of the median', () => {
    const late = (p99: number, responseMs: number) =>
      judged(report({ eventLoopDelayMs: { p99, max: 50 } }, 0.1, responseMs)).reasons
    const text = (p99: string, allowed: string) =>
      `answers were seen late: the event loop by p99 ${p99} ms; ${allowed} ms are allowed`
    expect(late(2, 5)).toEqual([])
    expect(late(2.01, 5)).toEqual([text('2.01', '2.00')])
    expect(late(9.9, 100)).toEqual([])
    expect(late(10.2, 100)).toEqual([text('10.20', '10.00')])
    const closed = report({ planned: null, eventLoopDelayMs: { p99: 9, max: 50 } }, 0)
    expect(judged(closed).valid).toBe(false)
  })

  it('when it reached 99 % of the planned rate, and not when it took longer', () => {
    expect(judged(report({ sendingMs: 10_100 })).valid).toBe(true)
    expect(judged(report({ sendingMs: 10_200 })).reasons).toEqual([
      'requests were sent at 196/s and not at 200/s',
    ])
  })

  it('after an interruption, by what was planned until then', () => {
    const early = { complete: false, sendingMs: 2_500, planned: 500, sent: 500 }
    expect(judged(report(early))).toMatchObject({ valid: true, plannedPerSecond: 200 })
  })

  it('when nothing was dropped, unless that is allowed', () => {
    const drops = report({ sent: 1_700, dropped: 300 })
    expect(judged(drops).reasons).toEqual(['300 requests were not sent'])
    expect(judged(drops, true)).toMatchObject({ valid: true, dropped: 300, achievedPerSecond: 170 })
  })

  it('in a closed loop, where there is no plan, when anything was sent', () => {
    expect(judged(report({ planned: null }, 0))).toMatchObject({
      valid: true,
      plannedPerSecond: null,
    })
    const nothing = report({ planned: null, sent: 0, lagMs: distributionOf([]) })
    expect(judged(nothing).reasons).toEqual(['nothing was sent'])
  })
})

describe('counts', () => {
  const random = seededRandom(1)
  const sandboxId = newSandboxId(random)
  const common = { functionName: 'f', sandboxId, atMs: 0, requestId: 'r' }
  const events = (...each: object[]) => {
    const counts = new ControllerCounts()
    for (const event of each) counts.hear({ ...common, ...event } as unknown as PlatformEvent)
    return counts.counts()
  }
  const init = { type: 'platform.initStart', phase: 'init' }
  const done = (served: number | undefined) => ({ type: 'platform.runtimeDone', served })
  const reported = (initDurationMs?: number) => ({
    type: 'platform.report',
    report: { billedDurationMs: 7, initDurationMs },
  })

  it('of the controller are its events, those of sandboxes what their runtimes say', () => {
    expect(
      events(init, done(1), reported(40), done(2), reported(), { type: 'platform.throttle' }),
    ).toEqual({ ran: 2, cold: 1, throttled: 1, billedMs: 14, served: 2 })
  })

  it('of a runtime that died over an invocation include that one, and its successor’s come on top', () => {
    const { served } = events(init, done(1), done(2), done(undefined), init, done(1))
    expect(served).toBe(4)
  })

  it('show a runtime that was handed more than was reported', () => {
    expect(events(init, done(1), reported(), done(3), reported()).served).toBe(3)
  })

  const counts = { ran: 1_200, cold: 10, throttled: 800, billedMs: 5_000 }

  it('that agree have no difference', () => {
    const generator = { ...counts, memorySizeMb: 128 }
    const { differences, rows } = reconcile(generator, { ...counts, served: 1_200 })
    expect(differences).toEqual([])
    expect(rows.map(({ what }) => what)).toEqual(['ran', 'cold', 'throttled', 'billed ms'])
  })

  it('that differ are told with whose they are', () => {
    const generator = { ...counts, ran: 1_199, throttled: 801, memorySizeMb: 128 }
    expect(reconcile(generator, { ...counts, served: 1_201 }).differences).toEqual([
      'ran: 1,199 by the generator, 1,200 by the controller, 1,201 by the sandboxes',
      'throttled: 801 by the generator, 800 by the controller',
    ])
  })
})
