import { describe, expect, it } from 'vitest'
import type { BenchResult } from '../../../../cli/measure/results/bench-result.ts'
import type { LoadResult } from '../../../../cli/measure/results/load-result.ts'
import { distributionOf } from '../../../../cli/measure/statistics/histogram.ts'
import { htmlReport } from '../../../../cli/report/html/html-report.ts'
import { sampleInvalidLoad, sampleLoad } from '../../../support/sample-load.ts'
import { sampleBench, sampleTune } from '../../../support/sample-results.ts'

const bench = sampleBench()
const load = sampleLoad({ durationSeconds: 20 })
const tune = sampleTune()

const REPORTS = {
  'a benchmark': bench,
  'a benchmark of one variant': only(bench, 1),
  'a benchmark of nothing': only(bench, 0),
  'a benchmark of too few samples': sampleBench({ runs: 2, coldPerRun: 3, warmPerRun: 4 }),
  'a load test': load,
  'an invalid load test': sampleInvalidLoad(),
  'a load test that nothing answered': unanswered(load),
  'a load test of somebody else’s URL': foreign(load),
  'a sweep': tune,
  'a sweep of one size without intervals': oneSize(),
}

describe.each(Object.entries(REPORTS))('the page of %s', (_name, result) => {
  const text = htmlReport(result)

  it('names nothing that is not there', () => {
    const shown = withoutData(text)
    expect(shown).not.toMatch(/\b(NaN|undefined|Infinity|null)\b/)
    expect(shown).not.toContain('[object')
  })

  it('refers to nothing outside itself', () => {
    expect(text).not.toMatch(/(src|href|url)\s*[=(]\s*["']?(https?:)?\/\//)
    expect(text).not.toMatch(/@import|<link [^>]*stylesheet|<script[^>]+src/)
    expect(text).toContain(`content="default-src 'none';`)
  })

  it('uses every id once, and refers to none that is missing', () => {
    const ids = [...text.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id)
    expect(new Set(ids).size).toBe(ids.length)
    const used = [...text.matchAll(/(?:href="#|aria-labelledby=")([^"]+)"/g)].flatMap(([, list]) =>
      (list ?? '').split(' '),
    )
    expect(used.filter((id) => !ids.includes(id))).toEqual([])
  })

  it('holds the result that it was made from', () => {
    expect(dataOf(text)).toEqual(JSON.parse(JSON.stringify(result)))
  })
})

describe('the HTML report', () => {
  it('escapes whatever a user has named', () => {
    const name = '</script><script>alert(1)</script><img src=x onerror="alert(1)">&amp;'
    const hostile = JSON.parse(
      JSON.stringify(bench, (key, value) =>
        ['label', 'target', 'build', 'name'].includes(key) ? name : value,
      ),
    )
    const text = htmlReport({ ...hostile, warnings: [name] })
    expect(text.match(/<script/g)).toHaveLength(2)
    expect(text).not.toContain('<img')
    expect(dataOf(text)).toMatchObject({ warnings: [name] })
  })

  it('leaves a result of more than 2 MB outside, and says how to get it', () => {
    const large = { ...bench, warnings: ['x'.repeat(2_000_000)] }
    const text = htmlReport(large)
    expect(text).not.toContain('type="application/json"')
    expect(text).toContain('write it with --json')
  })

  it('says “n too small” instead of drawing what the samples do not support', () => {
    const text = htmlReport(sampleBench({ runs: 2, coldPerRun: 3, warmPerRun: 4 }))
    expect(text).toContain('<p class="too-small">n too small</p>')
    expect(text).toContain('A cold: n too small (6).')
  })

  it('ends each percentile line where ten samples lie beyond', () => {
    expect(htmlReport(bench)).toContain('A cold p95, A warm p99.5,')
  })

  it('tells of invocations that failed, were left out, or were not all carried out', () => {
    const text = htmlReport({ ...bench, complete: false })
    expect(text).toContain('C: 2 invocations failed with Sandbox.Timedout')
    expect(text).toContain('B: 1 invocation not cold or warm as meant, left out.')
    expect(text).toContain('Not complete.')
    expect(htmlReport(bench)).not.toContain('Not complete.')
  })

  it('calls a load test invalid only when it is', () => {
    expect(htmlReport(sampleInvalidLoad())).toContain('INVALID RUN')
    expect(htmlReport(load)).not.toContain('INVALID RUN')
  })

  it('labels a closed loop as one, and says what that hides', () => {
    const closed = { ...load, workload: { ...load.workload, loop: 'closed' as const } }
    const text = htmlReport(closed)
    expect(text).toContain('CLOSED loop')
    expect(text).toContain('hides its own stalls')
  })

  it('shows every field of the machine, also one that is new', () => {
    const environment = { ...bench.environment, coolingFanCount: 3 }
    const text = htmlReport({ ...bench, environment })
    expect(text).toContain('<dt>Cooling fan count</dt><dd>3</dd>')
    for (const name of ['AMD EPYC 7B13', 'kvm-clock', 'ext4', 'ebe465b0c1d2', '0.21 %']) {
      expect(text).toContain(name)
    }
  })

  it('says at an A/A test that the same is compared with itself', () => {
    const aa = { ...bench, settings: { ...bench.settings, aa: true } }
    expect(htmlReport(aa)).toContain('The same against itself')
  })
})

const withoutData = (text: string): string =>
  text.replaceAll(/<(script|style)[^>]*>.*?<\/\1>/gs, '').replaceAll('not set', '')

const dataOf = (text: string): unknown =>
  JSON.parse(/<script type="application\/json"[^>]*>(.*?)<\/script>/s.exec(text)?.[1] ?? '')

function only(result: BenchResult, count: number): BenchResult {
  return { ...result, variants: result.variants.slice(0, count), comparisons: [], warnings: [] }
}

function unanswered(result: LoadResult): LoadResult {
  const none = distributionOf([])
  return {
    ...result,
    outcomes: [],
    answered: { responseMs: none, serviceMs: none },
    seconds: result.seconds.map((row) => ({
      ...row,
      cold: 0,
      warm: 0,
      p50Ms: null,
      p99Ms: null,
      maxMs: null,
    })),
  }
}

function foreign(result: LoadResult): LoadResult {
  const { target, seconds } = result
  return {
    ...result,
    target: {
      ...target,
      kind: 'url',
      url: 'https://example.com/?a=1&b=2',
      memorySizeMb: null,
      reservedConcurrency: null,
      isolation: null,
    },
    seconds: seconds.map((row) => ({ ...row, sandboxes: null })),
    reconciliation: null,
    cost: null,
  }
}

function oneSize() {
  const [size] = sampleTune().sizes
  if (size === undefined) return expect.unreachable('there are sizes')
  const warmMs = { value: 9, interval: null }
  const best = { cheapest: 128, fastest: 128, knee: 128 }
  return { ...sampleTune(), sizes: [{ ...size, warmMs, coldMs: warmMs }], best }
}
