import { describe, expect, it } from 'vitest'
import type { AnyResult } from '../../../../cli/measure/assertions/asserted-figures.ts'
import { checkAssertions } from '../../../../cli/measure/assertions/check-assertions.ts'
import { parseAssertions } from '../../../../cli/measure/assertions/parse-assertion.ts'
import type { BenchResult, Series } from '../../../../cli/measure/results/bench-result.ts'
import { distributionOf } from '../../../../cli/measure/statistics/histogram.ts'
import { sampleInvalidLoad, sampleLoad } from '../../../support/sample-load.ts'
import { sampleBench, sampleTune } from '../../../support/sample-results.ts'

const check = (text: string, result: AnyResult) =>
  checkAssertions(parseAssertions([text]), result)[0]

const series = (ms: number, n: number): Series => {
  const run = Array.from({ length: n }, () => ms)
  return {
    ...distributionOf(run),
    p50Interval: null,
    p99Interval: null,
    p50OrderInterval: null,
    runsMs: [run],
  }
}

const sample = sampleBench({ runs: 1, coldPerRun: 1, warmPerRun: 1 })

/** Variants whose cold starts and warm calls all take the same. */
function benchOf(...variants: readonly [warmMs: number, n: number][]): BenchResult {
  return {
    ...sample,
    variants: variants.map(([warmMs, n], index) => ({
      ...(sample.variants[0] as BenchResult['variants'][number]),
      id: 'ABC'[index] as string,
      label: `v${index + 1}.0, process`,
      series: {
        cold: series(100, 20),
        second: series(2, 0),
        tenth: series(2, 1),
        warm: series(warmMs, n),
      },
      failures: index === 0 ? {} : { TypeError: 2, 'Sandbox.Timedout': 1 },
    })),
  }
}

describe('assertions about a benchmark', () => {
  it('hold or fail, and tell the figure either way', () => {
    const one = benchOf([1.25, 1_000])
    expect(check('warm.p99<1.3ms', one)).toEqual({
      text: 'warm.p99<1.3ms',
      ok: true,
      actual: '1.25 ms',
      reason: null,
    })
    expect(check('warm.p99<1.2ms', one)).toEqual({
      text: 'warm.p99<1.2ms',
      ok: false,
      actual: '1.25 ms',
      reason: 'measured 1.25 ms',
    })
  })

  it('fail where a percentile has one sample too few, and hold with it', () => {
    expect(check('warm.p99<1s', benchOf([1, 999]))).toMatchObject({
      ok: false,
      actual: '–',
      reason: 'n too small: p99 needs 1,000 samples, there are 999',
    })
    expect(check('warm.p99<1s', benchOf([1, 1_000]))?.ok).toBe(true)
    expect(check('cold.p50>1us', benchOf([1, 1]))?.ok).toBe(true)
    expect(check('tenth.p50<1s', benchOf([1, 1]))?.reason).toBe(
      'n too small: p50 needs 20 samples, there are 1',
    )
    expect(check('second.max<1s', benchOf([1, 1]))?.reason).toBe('there are no samples')
  })

  it('compare as they are written, at the value itself', () => {
    const one = benchOf([2, 20])
    const holding = ['<=2ms', '>=2ms', '==2ms', '<2.001ms', '>1.999ms', '!=2.001ms']
    for (const each of holding) expect(check(`warm.p50${each}`, one)?.ok).toBe(true)
    for (const each of ['<2ms', '>2ms', '!=2ms', '==2.001ms']) {
      expect(check(`warm.p50${each}`, one)?.ok).toBe(false)
    }
  })

  it('are about every variant unless one is named', () => {
    const both = benchOf([1, 20], [3, 20])
    expect(check('warm.p50<2ms', both)).toMatchObject({
      ok: false,
      actual: 'A: 1 ms, B: 3 ms',
      reason: 'measured B: 3 ms',
    })
    expect(check('A.warm.p50<2ms', both)).toMatchObject({ ok: true, actual: '1 ms' })
    expect(check('v2.0, process.warm.p50<2ms', both)?.ok).toBe(false)
    expect(check('D.warm.p50<2ms', both)).toMatchObject({
      ok: false,
      actual: null,
      reason: "there is no variant 'D', only A (v1.0, process), B (v2.0, process)",
    })
  })

  it('take ratios of every further variant to the first', () => {
    const three = benchOf([2, 20], [2.1, 20], [3, 20])
    expect(check('ratio(warm.p50)<1.1', three)).toMatchObject({
      ok: false,
      actual: 'B: 1.05 (2.1 ms to 2 ms), C: 1.5 (3 ms to 2 ms)',
      reason: 'measured C: 1.5 (3 ms to 2 ms)',
    })
    expect(check('ratio(B.warm.p50)<=1.05', three)?.ok).toBe(true)
    expect(check('ratio(warm.p50)<1.1', benchOf([1, 20]))?.reason).toBe(
      'there is nothing to compare with the first variant',
    )
    expect(check('ratio(failed.count)<2', three)?.reason).toBe(
      'B: there is no ratio to 0; C: there is no ratio to 0',
    )
    expect(check('ratio(warm.p50)<2', benchOf([1, 20], [1, 19]))?.reason).toBe(
      'n too small: p50 needs 20 samples, there are 19',
    )
  })

  it('count', () => {
    const both = benchOf([1, 20], [3, 30])
    expect(check('failed.count==0', both)).toMatchObject({ ok: false, actual: 'A: 0, B: 3' })
    expect(check('warm.count>=20', both)?.ok).toBe(true)
    expect(check('misclassified.count==0', both)?.ok).toBe(true)
    expect(check('complete==true', both)?.ok).toBe(true)
    expect(check('complete==true', { ...both, complete: false })).toMatchObject({
      ok: false,
      actual: 'false',
      reason: 'measured false',
    })
  })

  it('fail for what only another kind of result has', () => {
    expect(check('answered.p50<1s', benchOf([1, 20]))?.reason).toBe('there is no answered.p50 here')
    expect(check('valid==true', benchOf([1, 20]))?.reason).toBe("'valid' was not looked at here")
  })
})

describe('assertions about a load test', () => {
  const load = sampleLoad({ durationSeconds: 20 })
  const requests = load.outcomes.reduce((sum, { count }) => sum + count, 0)
  const countOf = (name: string) =>
    load.outcomes
      .filter(({ outcome }) => outcome === name)
      .reduce((sum, { count }) => sum + count, 0)

  it('look at answers from the planned instant, and at the service from the send', () => {
    const { responseMs, serviceMs } = load.answered
    expect(check(`answered.p99>=${responseMs.p99}ms`, load)?.ok).toBe(true)
    expect(check(`answered.p99>${responseMs.p99}ms`, load)?.ok).toBe(false)
    expect(check(`service.max==${serviceMs.max}ms`, load)?.ok).toBe(true)
    expect(check('lag.p50<1ms', load)?.ok).toBe(true)
  })

  it('count every outcome apart, throttles with their share of all requests', () => {
    expect(check(`throttle.count==${countOf('throttle')}`, load)?.ok).toBe(true)
    const share = countOf('throttle') / requests
    expect(check(`throttle.share<=${share}`, load)?.ok).toBe(true)
    expect(check(`throttle.share<${share}`, load)?.ok).toBe(false)
    expect(check(`failed.count==${countOf('function error')}`, load)?.ok).toBe(true)
    expect(check('timeout.count==0', load)?.ok).toBe(true)
    expect(check('timeout.p50<1s', load)?.reason).toBe(
      'n too small: p50 needs 20 samples, there are 0',
    )
  })

  it('merge the rows that one outcome has for several reasons', () => {
    const row = (reason: string, ms: number) => {
      const distribution = distributionOf(Array.from({ length: 15 }, () => ms))
      const latencies = { responseMs: distribution, serviceMs: distribution }
      return { outcome: 'throttle' as const, reason, count: 15, latencies }
    }
    const both = { ...load, outcomes: [row('one', 1), row('other', 3)] }
    expect(check('throttle.p50<=1.001ms', both)?.ok).toBe(true)
    expect(check('throttle.max==3ms', both)?.ok).toBe(true)
    expect(check('throttle.count==30', both)?.ok).toBe(true)
  })

  it('know whether it was valid and whether the counts agree', () => {
    for (const text of ['valid==true', 'reconciled==true', 'dropped.count==0']) {
      expect(check(text, load)?.ok).toBe(true)
      expect(check(text, sampleInvalidLoad())?.ok).toBe(false)
    }
    expect(check('reconciled==true', { ...load, reconciliation: null })?.reason).toBe(
      "'reconciled' was not looked at here",
    )
  })
})

describe('assertions about a memory sweep', () => {
  it('are about every size, or the one named', () => {
    const tune = sampleTune()
    expect(check('warm.p50<100s', tune)?.ok).toBe(true)
    expect(check('1024MB.warm.p50<200ms', tune)?.ok).toBe(true)
    expect(check('1024.billed.p50>1s', tune)?.ok).toBe(false)
    expect(check('ratio(3008.warm.p50)<1', tune)?.ok).toBe(true)
    expect(check('failed.count==0', tune)?.reason).toBe('measured 128: 1')
  })
})
