import { describe, expect, it } from 'vitest'
import type { LoadResult } from '../../../../cli/measure/results/load-result.ts'
import { loadCsv } from '../../../../cli/report/load/load-csv.ts'
import { loadHeading } from '../../../../cli/report/load/load-heading.ts'
import { loadReport } from '../../../../cli/report/load/load-report.ts'
import { sampleLoad } from '../../../support/sample-load.ts'
import { plain } from './plain.ts'

const sample = sampleLoad()

const widest = (text: string): number => Math.max(...text.split('\n').map((line) => line.length))

describe('the report of a load test', () => {
  it('begins with what was asked of whom, on what', () => {
    const warned = { ...sample, warnings: ['something'] }
    const lines = loadHeading(warned, plain).split('\n')
    expect(lines[0]).toMatch(/^Sandlot .*, Node .*, seed 42$/)
    expect(lines.slice(-5)).toEqual([
      expect.stringMatching(/^Processes confined as 'root', CPU in proportion to memory/),
      'note: something',
      '',
      'thumbnail, 1024 MB, process, reserved concurrency 30',
      `20/s to 200/s over 60 s, Poisson, ${sample.workload.planned?.toLocaleString('en-US')} requests`,
    ])
  })

  it('says nothing of confinement where what is asked runs elsewhere', () => {
    const target = { ...sample.target, kind: 'url', memorySizeMb: null, isolation: null } as const
    expect(loadHeading({ ...sample, target }, plain)).not.toContain('confined')
  })

  it('has every outcome by itself, its share of all requests, and reasons below', () => {
    const text = loadReport(sample, plain)
    const { outcomes } = sample
    const total = outcomes.reduce((sum, { count }) => sum + count, 0)
    for (const { outcome, reason, count } of outcomes) {
      const [shown, share] = [count.toLocaleString('en-US'), ((100 * count) / total).toFixed(1)]
      expect(text).toMatch(new RegExp(`^${outcome} +${shown} +${share} % `, 'm'))
      if (reason !== null)
        expect(text).toMatch(new RegExp(`^ *${shown}  ${outcome}  ${reason}$`, 'm'))
    }
    expect(text).toMatch(/^answered +[\d,]+ /m)
  })

  it('shows how things went, from 0 to the last second', () => {
    const lines = loadReport(sample, plain).split('\n')
    const sent = lines.find((line) => line.startsWith('sent /s '))
    expect(sent).toMatch(/^sent \/s {9}[▁-█]{60} max \d+$/)
    expect(lines).toContain(`${' '.repeat(16)}0${' '.repeat(55)}60 s`)
  })

  it('is of at most 100 columns, valid or not', () => {
    const invalid: LoadResult = {
      ...sample,
      validity: {
        ...sample.validity,
        valid: false,
        reasons: ['1 % of the requests were sent 112.30 ms late or more; 101.00 ms are allowed'],
        plannedPerSecond: 12_345,
        achievedPerSecond: 11_111,
        dropped: 12_345,
      },
    }
    for (const result of [sample, invalid]) {
      expect(widest(loadReport(result, plain))).toBeLessThanOrEqual(100)
    }
    expect(loadReport(invalid, plain).split('\n').slice(0, 4)).toEqual([
      "INVALID the generator did not keep to its plan: the times are not the target's alone",
      '  1 % of the requests were sent 112.30 ms late or more; 101.00 ms are allowed',
      expect.stringMatching(/^ {2}sent 11,111\/s of 12,345\/s, late by p99 .* ms, max .* ms$/),
      '  generator: event loop late by p99 0.81 ms, 14 % of a core, 12,345 requests dropped',
    ])
  })

  it('says whether the counts agree, and where they do not', () => {
    expect(loadReport(sample, plain)).toMatch(
      /^counts agree [\d,]+ ran, 30 cold, [\d,]+ throttled: generator, controller and sandboxes$/m,
    )
    const differences = ['ran: 1 by the generator, 2 by the controller']
    const other = { ...sample, reconciliation: { rows: [], differences } }
    expect(loadReport(other, plain)).toContain(`counts do not agree:\n  ${differences[0]}\n`)
    expect(loadReport({ ...sample, reconciliation: null }, plain)).toContain(
      'counts: those of the generator only, the target is not ours',
    )
  })

  it('of a closed loop says so', () => {
    const workload = { ...sample.workload, loop: 'closed', planned: null } as const
    const validity = { ...sample.validity, plannedPerSecond: null }
    const text = loadReport({ ...sample, workload, validity }, plain)
    expect(text).toMatch(/^VALID closed loop, sent \d+\/s$/m)
    expect(text).toContain('times are from the send: a closed loop has no planned instants')
  })
})

it('the CSV of a load test has a line for each second, empty where nothing is known', () => {
  const row = {
    second: 0,
    sent: 5,
    cold: 1,
    warm: 2,
    throttled: 1,
    failed: 0,
    inFlight: 1,
    sandboxes: { starting: 1, busy: 2, idle: 3 },
    p50Ms: 1.5,
    p99Ms: null,
    maxMs: 9,
  }
  const seconds = [row, { ...row, second: 1, sandboxes: null, answered: 4 }]
  expect(loadCsv({ ...sample, seconds }).split('\r\n')).toEqual([
    'second,sent,cold,warm,answered,throttled,failed,in_flight,sandboxes_starting,sandboxes_busy,sandboxes_idle,p50_ms,p99_ms,max_ms',
    '0,5,1,2,0,1,0,1,1,2,3,1.5,,9',
    '1,5,1,2,4,1,0,1,,,,1.5,,9',
    '',
  ])
})
