import { describe, expect, it } from 'vitest'
import type { Classified } from '../../../../cli/measure/load/answer.ts'
import { Tally } from '../../../../cli/measure/load/tally.ts'
import type { OutcomeName } from '../../../../cli/measure/results/load-result.ts'

function classified(outcome: OutcomeName, reason: string | null = null): Classified {
  const ran = !['throttle', 'client error', 'http error'].includes(outcome)
  const report = ran
    ? { isCold: outcome === 'cold', billedMs: 3, memorySizeMb: 128, errorType: undefined }
    : undefined
  return { outcome, reason, ran, report }
}

const times = (responseMs: number) => ({ responseMs, serviceMs: responseMs / 2 })

describe('a tally', () => {
  it('never mixes outcomes, nor reasons of one', () => {
    const tally = new Tally()
    for (let index = 1; index <= 30; index += 1) tally.finished(classified('warm'), times(10))
    tally.finished(classified('function error', 'TypeError'), times(500))
    tally.finished(classified('throttle', 'A'), times(1))
    tally.finished(classified('throttle', 'B'), times(2))
    tally.finished(classified('throttle', 'B'), times(2))
    tally.finished(classified('cold'), times(90))
    const outcomes = tally.outcomes()
    expect(outcomes.map(({ outcome, reason, count }) => [outcome, reason, count])).toEqual([
      ['cold', null, 1],
      ['warm', null, 30],
      ['throttle', 'B', 2],
      ['throttle', 'A', 1],
      ['function error', 'TypeError', 1],
    ])
    expect(outcomes[1]?.latencies.responseMs).toMatchObject({ n: 30, min: 10, max: 10 })
    expect(outcomes[1]?.latencies.serviceMs).toMatchObject({ n: 30, max: 5 })
    expect(tally.answered().responseMs).toMatchObject({ n: 31, min: 10, max: 90 })
  })

  it('counts what ran, what was cold, and what was billed', () => {
    const tally = new Tally()
    for (const outcome of ['cold', 'warm', 'timeout', 'throttle', 'client error'] as const) {
      tally.finished(classified(outcome), times(1))
    }
    expect(tally.counts()).toEqual({
      ran: 3,
      cold: 1,
      throttled: 1,
      billedMs: 9,
      memorySizeMb: 128,
    })
  })

  it('has a row for each second, which begins anew', () => {
    const tally = new Tally()
    for (let index = 0; index < 25; index += 1) {
      tally.sent()
      tally.finished(classified('warm'), times(8))
    }
    tally.sent()
    tally.finished(classified('timeout'), times(3_000))
    expect(tally.nextSecond(4)).toEqual({
      second: 0,
      sent: 26,
      cold: 0,
      warm: 25,
      answered: 0,
      throttled: 0,
      failed: 1,
      inFlight: 4,
      p50Ms: 8,
      p99Ms: null,
      maxMs: 8,
    })
    expect(tally.isSecondEmpty).toBe(true)
    expect(tally.nextSecond(0)).toMatchObject({ second: 1, sent: 0, warm: 0, p50Ms: null })
  })
})
