import { describe, expect, it } from 'vitest'
import type { SimulateResult } from '../../../../cli/measure/results/simulate-result.ts'
import { htmlReport } from '../../../../cli/report/html/html-report.ts'
import { sampleSimulate } from '../../../support/sample-simulate.ts'
import { smallOutcome, smallSimulate } from '../../../support/small-simulate.ts'

const sample = sampleSimulate()

const NOTHING = {
  n: 0,
  min: null,
  p50: null,
  p90: null,
  p99: null,
  p999: null,
  max: null,
} as const

const withFirst = (result: SimulateResult, change: object): SimulateResult => ({
  ...result,
  policies: result.policies.slice(0, 1).map((policy) => ({ ...policy, ...change })),
})

const REPORTS = {
  'five policies': sample,
  'one policy': withFirst(sample, {}),
  'few invocations': smallSimulate(),
  'no policy at all': { ...sample, complete: false, policies: [] },
  'nothing that ran': withFirst(sample, {
    outcome: smallOutcome({
      completed: 0,
      cold: 0,
      coldShare: null,
      coldSharePerFunction: null,
      latencyMs: { all: NOTHING, cold: NOTHING, warm: NOTHING },
      memory: { startingGbS: 0, busyGbS: 0, idleGbS: 0, peakMb: 0 },
      timeline: [],
    }),
  }),
}

describe.each(Object.entries(REPORTS))('the page of a simulation of %s', (_name, result) => {
  const text = htmlReport(result)
  const shown = text.replaceAll(/<(script|style).*?<\/\1>/gs, '')

  it('names nothing that is not there', () => {
    expect(shown).not.toMatch(/\b(NaN|undefined|Infinity|null)\b/)
    expect(shown).not.toContain('[object')
  })

  it('uses every id once, and refers to none that is missing', () => {
    const ids = [...text.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id)
    expect(new Set(ids).size).toBe(ids.length)
    const used = [...text.matchAll(/(?:href="#|aria-labelledby=")([^"]+)"/g)].flatMap(([, list]) =>
      (list ?? '').split(' '),
    )
    expect(used.filter((id) => !ids.includes(id))).toEqual([])
  })
})

describe('the page of a simulation', () => {
  const text = htmlReport(sample)

  it('says what is simulated, what is measured, and whose times it has', () => {
    expect(text).toContain('Time and sandboxes are simulated; the decisions are not')
    expect(text).toContain('Only how fast it was simulated')
    expect(text).toContain('Cold starts were not measured here, but by others')
    expect(text).toContain('published times, not measured here')
  })

  it('marks the policies that no other beats in both cold starts and idle memory', () => {
    const plot = text.slice(text.indexOf('id="pareto"'), text.indexOf('id="pareto-functions"'))
    const marks = [...plot.matchAll(/class="(mark-\w+)" [^>]*data-tip="([\w:-]+)/g)]
    const names = (mark: string) =>
      marks.filter(([, kind]) => kind === mark).map(([, , name]) => name)
    expect(new Set(names('mark-open'))).toEqual(new Set(['fixed:10m']))
    expect(new Set(names('mark-edge'))).toEqual(
      new Set(['fixed:1m', 'fixed:1h', 'hybrid', 'greedy-dual']),
    )
  })

  it('says how far an interrupted simulation came, and what was left out', () => {
    const outcome = smallOutcome({ simulatedMs: 90_000 })
    const cut = htmlReport({ ...withFirst(sample, { complete: false, outcome }), complete: false })
    expect(cut).toContain('Of 24 h were simulated: fixed:1m: 90 s.')
    expect(cut).toContain('<li>Workload: 12 rows of functions without an application</li>')
    expect(text).not.toContain('Not complete.')
  })

  it('escapes what a trace has named', () => {
    const workload = { ...sample.workload, text: '</script><img src=x>' }
    expect(htmlReport({ ...sample, workload })).not.toContain('<img')
  })
})
