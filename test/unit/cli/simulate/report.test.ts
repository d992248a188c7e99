import { describe, expect, it } from 'vitest'
import type { SimulateResult } from '../../../../cli/measure/results/simulate-result.ts'
import { simulateCsv } from '../../../../cli/report/simulate/simulate-csv.ts'
import { simulateHeading } from '../../../../cli/report/simulate/simulate-heading.ts'
import { simulateReport } from '../../../../cli/report/simulate/simulate-report.ts'
import { sampleSimulate } from '../../../support/sample-simulate.ts'
import { smallOutcome, smallSimulate } from '../../../support/small-simulate.ts'
import { plain } from '../load/plain.ts'

const sample = sampleSimulate()

const linesOf = (result: SimulateResult): string[] => simulateReport(result, plain).split('\n')
const widest = (text: string): number => Math.max(...text.split('\n').map(({ length }) => length))

describe('the heading of a simulation', () => {
  it('says what was simulated, with whose times, under which rules, and what was left out', () => {
    const lines = simulateHeading({ ...sample, warnings: ['something'] }, plain).split('\n')
    expect(lines).toEqual([
      'Sandlot 0.1.0, Node v20.20.2, seed 42',
      '2 × AMD EPYC 7B13, Linux 6.18.5 x64, load 0.31',
      'note: something',
      'workload: 12 rows of functions without an application',
      '',
      'Azure 2019, invocations.csv',
      '424 functions, 1,204,311 invocations, 24 h',
      'times   AWS Lambda, nodejs22.x, init only: published by lambda-perf; not measured here',
      "rules   account concurrency 1,000, Lambda's rates, memory budget 16 GB, reuse of the most recently",
      '        used, recycled after 2 h to 8 h',
    ])
  })

  it('names limits that there are not as none', () => {
    const rules = {
      ...sample.rules,
      memoryBudgetMb: null,
      maxAgeMs: null,
      maxInvocations: 500,
      rates: 'unlimited',
      reuse: 'least-recent',
    } as const
    const workload = { ...sample.workload, planned: null, skipped: [] }
    const latency = { text: 'bench.json', kind: 'measured' } as const
    const lines = simulateHeading({ ...sample, rules, workload, latency }, plain).split('\n')
    expect(lines.slice(-4)).toEqual([
      '424 functions, 24 h',
      'times   bench.json',
      'rules   account concurrency 1,000, no limits of rates, no memory budget, reuse of the least recently',
      '        used, recycled after 500 invocations',
    ])
  })
})

describe('the heading of a simulation of a trace', () => {
  it('does not say twice how large that is', () => {
    const text = 'A trace: 424 functions, 1,204,311 invocations in 24 h'
    const workload = { ...sample.workload, text }
    const lines = simulateHeading({ ...sample, workload }, plain).split('\n')
    expect(lines.slice(4, 6)).toEqual([text, expect.stringMatching(/^times /)])
  })
})

describe('the report of a simulation', () => {
  it('has a row for each policy in every table, and what did not run by reason', () => {
    expect(linesOf(smallSimulate()).slice(0, 22)).toEqual([
      '           arrived  cold  share  cold p50  p90 ms',
      'fixed:10m    1,000    40  4.0 %     1,100       –',
      'hybrid       1,000   100   10 %     1,100   1,200',
      '',
      '           p50  p99 ms  throttled  timeouts  in flight  sandboxes  idle GB-s  to first',
      'fixed:10m  100       –         10         2          9         12        100    1.00 ×',
      'hybrid     100       –          0         2          9         12         25    0.25 ×',
      '',
      '10  fixed:10m  ConcurrentInvocationLimitExceeded',
      ' 1  fixed:10m  the memory budget was taken by busy sandboxes',
      '',
      'fixed:10m  in flight  █▆ max 9',
      '           sandboxes  ██ max 12',
      '           throttled  █  max 10',
      'hybrid     in flight  █▆ max 9',
      '           sandboxes  ██ max 12',
      '           throttled  █  max 10',
      '                      0 10 min',
      '',
      '              cost  requests  duration  decisions  CPU s  decisions/s',
      'fixed:10m  $0.0019   $0.0002   $0.0017      3,000   0.50        6,000',
      'hybrid     $0.0019   $0.0002   $0.0017      3,000   0.50        6,000',
    ])
  })

  it('tells what ran on provisioned sandboxes where there are any', () => {
    const policies = smallSimulate().policies.map((each) => {
      return { ...each, outcome: { ...each.outcome, provisioned: 900, spillover: 89 } }
    })
    const lines = linesOf({ ...smallSimulate(), policies })
    expect(lines).toContain('900  hybrid     ran on provisioned sandboxes')
    expect(lines).toContain(' 89  hybrid     spilled over to others')
  })

  it('tells of functions one by one only where there are enough of them', () => {
    const of = (activeFunctions: number) => {
      const policies = smallSimulate().policies.map((each) => {
        return { ...each, outcome: { ...each.outcome, activeFunctions } }
      })
      return linesOf({ ...smallSimulate(), policies }).slice(0, 2)
    }
    expect(of(19)[0]).not.toContain('functions')
    expect(of(20)).toEqual([
      '           arrived  cold  share  functions p50  p75  p90  cold p50  p90 ms',
      'fixed:10m    1,000    40  4.0 %          2.0 %    –    –     1,100       –',
    ])
    expect(of(100)[1]).toMatch(/ 2\.0 % {2}10 % {2}20 % /)
  })

  it('is of at most 100 columns, also where numbers are large', () => {
    const policies = sample.policies.map((each) => ({
      ...each,
      policy: 'drawn:5m..20m',
      outcome: {
        ...each.outcome,
        arrived: 1_234_567_890,
        cold: 123_456_789,
        throttles: { ConcurrentInvocationLimitExceeded: 123_456_789 },
        timeouts: 1_234_567,
        memory: { ...each.outcome.memory, idleGbS: 123_456_789 },
        decisions: 3_703_703_670,
      },
    }))
    expect(widest(simulateHeading(sample, plain))).toBeLessThanOrEqual(100)
    expect(widest(simulateReport({ ...sample, policies }, plain))).toBeLessThanOrEqual(100)
  })

  it('compares nothing where there is one policy, and says how far an interrupted one came', () => {
    const [policy] = smallSimulate().policies
    if (policy === undefined) return expect.unreachable('there is a policy')
    const outcome = smallOutcome({ simulatedMs: 90_000 })
    const only = { ...policy, complete: false, outcome }
    const text = simulateReport({ ...smallSimulate(), policies: [only] }, plain)
    expect(text).not.toContain('to first')
    expect(text).toContain('\nfixed:10m: only the first 90 s were simulated\n')
  })
})

it('the CSV of a simulation has a line for each part of the time under each policy', () => {
  expect(simulateCsv(smallSimulate()).split('\r\n').slice(0, 3)).toEqual([
    'policy,from_ms,arrived,cold,throttled,refused,in_flight,sandboxes,memory_mb',
    'fixed:10m,0,500,30,10,1,9,12,1536',
    'fixed:10m,300000,500,10,0,0,7,12,1536',
  ])
})
