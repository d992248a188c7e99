import { stripVTControlCharacters } from 'node:util'
import fc from 'fast-check'
import pc from 'picocolors'
import { describe, expect, it } from 'vitest'
import type {
  BenchResult,
  SeriesName,
  VariantResult,
} from '../../../cli/measure/results/bench-result.ts'
import { benchCsv } from '../../../cli/report/bench/bench-csv.ts'
import { benchHeading } from '../../../cli/report/bench/bench-heading.ts'
import { benchJson, sampleLines } from '../../../cli/report/bench/bench-json.ts'
import { sparkline } from '../../../cli/report/bench/bench-sparkline.ts'
import { benchReport } from '../../../cli/report/bench/bench-table.ts'
import { csvText } from '../../../cli/report/csv.ts'
import { formatMs, shortened } from '../../../cli/report/format.ts'
import { invocationJson } from '../../../cli/report/invocation-json.ts'
import { invocationText } from '../../../cli/report/invocation-text.ts'
import { phaseBar } from '../../../cli/report/phase-bar.ts'
import { PHASE_NAMES } from '../../../runtime/telemetry/phases.ts'
import { sampleBench } from '../../support/sample-results.ts'
import { invokeResult } from './invoke-results.ts'

const noColours = pc.createColors(false)

const report = (result: BenchResult) => benchReport(result, noColours)

/** With other figures for one series of the first variant. */
function withSeries(
  result: BenchResult,
  name: SeriesName,
  change: Partial<BenchResult['variants'][number]['series'][SeriesName]>,
): BenchResult {
  const [first, ...others] = result.variants
  if (first === undefined) return result
  const series = { ...first.series, [name]: { ...first.series[name], ...change } }
  return { ...result, variants: [{ ...first, series }, ...others] }
}

const NOTHING = {
  ...{ n: 0, min: null, p50: null, p90: null, p99: null, p999: null, max: null },
  ...{ p50Interval: null, p99Interval: null, p50OrderInterval: null, runsMs: [] },
}

describe('the report of a bench', () => {
  it('has a line for every series, with intervals, and what the samples do not support left out', () => {
    const text = report(sampleBench())
    expect(text).toMatch(/^A {2}api, process {3}cold = \d+ × warm$/m)
    expect(text).toMatch(
      /^ {3}cold \(1st\) +200 +\d+\.\d +\[\d+\.\d, \d+\.\d\] +\d+ +– +\d+ {3}[▁-█ ]+$/m,
    )
    for (const name of ['2nd', '10th', 'warm'])
      expect(text).toMatch(new RegExp(`^ {3}${name} `, 'm'))
    expect(text).toContain('p50 needs 20, p90 needs 100, p99 needs 1,000')
    const plenty = report(sampleBench({ coldPerRun: 100 }))
    expect(plenty).not.toContain('too few samples')
  })

  it('has no interval of fewer than five runs, and says so', () => {
    const few = withSeries(sampleBench(), 'cold', { p50Interval: null })
    expect(report(few)).toMatch(/^ {3}cold \(1st\) +200 +\d+\.\d +– /m)
    expect(report(few)).toContain('an interval needs 5 runs')
    expect(report(sampleBench())).not.toContain('an interval needs')
  })

  it('leaves out series of which there is nothing, but for the cold one', () => {
    const none = (['cold', 'second', 'tenth', 'warm'] as const).reduce(
      (result, name) => withSeries(result, name, NOTHING),
      sampleBench(),
    )
    const [first = ''] = report(none).split('B  api, thread')
    expect(first).toMatch(/^ {3}cold \(1st\) +0 +– +– +– +– +–$/m)
    expect(first).not.toMatch(/2nd|10th|warm/)
  })

  it('gives verdicts with what they rest on', () => {
    const text = report(sampleBench())
    expect(text).toContain('Against A  api, process; the smallest difference that matters: 5 %')
    expect(text).toMatch(
      /^ {3}cold \(1st\) {2}p50 +0\.530 +\[0\.510, 0\.550\] +−43\.1 +\[−51\.7, −34\.5\] +faster$/m,
    )
    expect(text).toMatch(/^ {3}warm +p99 +1\.020 .* too noisy$/m)
  })

  it('says whom each was compared with where that is not always the same', () => {
    const [first, ...others] = sampleBench().comparisons
    const comparisons = [...(first === undefined ? [] : [{ ...first, a: 'C' }]), ...others]
    const text = report({ ...sampleBench(), comparisons })
    expect(text).toContain('Against the other build; ')
    expect(text).toMatch(/^B {2}api, thread {3}against C$/m)
  })

  it('gives no verdicts without intervals, or where nothing is there to be compared', () => {
    const result = sampleBench()
    const comparisons = result.comparisons.map((each) => ({
      ...each,
      ratio: { ...each.ratio, interval: null },
    }))
    expect(report({ ...result, comparisons })).toContain(
      'No comparison: verdicts need 5 runs of each, and 20 samples',
    )
    expect(benchReport(result, noColours, { compares: false })).not.toContain('Against')
  })

  it('splits cold and warm into phases', () => {
    const text = report(sampleBench())
    expect(text).toMatch(/^Where a cold start goes, median ms of each phase$/m)
    expect(text).toMatch(/queued +spawned +booted +initialised +dispatched +ran +delivered/)
    expect(text).toMatch(/^Where a warm invocation goes, median ms of each phase$/m)
  })

  it('names the slowest modules, once for the same code, and what a million would cost', () => {
    const text = report(sampleBench())
    expect(text).toMatch(/^ {5}@aws-sdk\/client-dynamodb +6\.37 +14\.6$/m)
    expect(text).toMatch(/^ {3}init code +[\d.]+$/m)
    expect(text).toMatch(/^A \$\d+\.\d\d {2}· {2}B \$/m)
    const [first] = sampleBench().variants
    const twins = first === undefined ? [] : [first, { ...first, id: 'B' }]
    expect(report({ ...sampleBench(), variants: twins }).match(/client-dynamodb/g)).toHaveLength(1)
  })

  it('shows what failed and what was left out', () => {
    const text = report(sampleBench())
    expect(text).toContain('api-bundled, process: 2 failed with Sandbox.Timedout, not in the table')
    expect(text).toContain('api, thread: 1 not cold or warm as they were meant to be, left out')
  })

  it('says where more runs would help, and more samples would not', () => {
    const note = 'the runs differ more than their samples do: more runs narrow the interval'
    const [first, ...others] = sampleBench().variants
    const withWarm = (low: number, high: number, alikeHigh: number) => {
      const p50OrderInterval = { low: 0.99, high: alikeHigh }
      const warm = { ...first?.series.warm, p50: 1, p50Interval: { low, high }, p50OrderInterval }
      const series = { ...first?.series, warm }
      const variants = [{ ...first, series }, ...others] as VariantResult[]
      return report({ ...sampleBench(), variants })
    }
    expect(withWarm(0.94, 1.06, 1.01)).toContain(`\nA warm: ${note}\n`)
    expect(withWarm(0.96, 1.04, 1.01)).not.toContain(note)
    expect(withWarm(0.94, 1.06, 1.04)).not.toContain(note)
  })

  it('says which rule ended the runs', () => {
    const ended = (endedBy: NonNullable<BenchResult['endedBy']>, widestCi: number | null) =>
      report({ ...sampleBench(), endedBy, widestCi })
    expect(ended('interval', 0.0312)).toContain(
      'ended by --until-ci 5 %: the widest interval of a median is ± 3.1 %',
    )
    expect(ended('most runs', 0.2)).toContain(
      'ended by --max-runs 10: the widest interval of a median is ± 20 %, not ± 5 %',
    )
    expect(ended('runs', null)).not.toContain('ended by')
  })

  it('fits 100 columns however long the names are', () => {
    const long = sampleBench({ coldPerRun: 100 })
    const variants = long.variants.map((variant) => ({
      ...variant,
      label:
        'some/quite/long/path/to/a/handler.ts, process, 10240 MB, Node 22.11.0, feature/branch',
    }))
    const lines = report({ ...long, variants }).split('\n')
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(100)
    expect(lines.join()).toContain('…')
  })

  it('says on what it was measured, and what makes the figures less certain', () => {
    const result = sampleBench()
    const machine = {
      ...result.environment,
      ...{ cpu: 'Some CPU', cpuCount: 2, system: 'Linux 6.1', arch: 'x64', memoryMb: 4_096 },
      ...{ sandlot: '0.1.0', node: 'v20.19.0', load: 0.5, loadAfter: 1.25, stealShare: 0.004 },
      ...{ git: { commit: '0123456789ab', isDirty: true }, governor: 'performance' },
      ...{ container: 'docker', virtualMachine: true, cgroupVersion: 2 as const },
      ...{ disk: { fileSystem: 'ext4', syncP50Ms: 0.25 }, isolation: 'root' as const },
      cpuLimit: 'proportional' as const,
    }
    const heading = (change: Partial<BenchResult['environment']>) =>
      benchHeading({ ...result, seed: 7, environment: { ...machine, ...change } }, noColours)
    expect(heading({})).toBe(
      [
        'Sandlot 0.1.0, Node v20.19.0, seed 7, code at 0123456789ab with changes',
        '2 × Some CPU, Linux 6.1 x64, docker, virtual machine, cgroup v2',
        'Load 0.50 to 1.25, steal 0.4 %, governor performance, 4.0 GB, temporary files on ext4 (sync 0.25 ms)',
        "Processes confined as 'root', CPU 7 % at 128 MB and so on (--cpu unlimited: all of it)",
        ...result.warnings.map((text) => `noise: ${text}`),
      ].join('\n'),
    )
    const unknown = {
      git: null,
      container: false,
      virtualMachine: null,
      cgroupVersion: null,
    } as const
    expect(
      heading({ ...unknown, loadAfter: null, stealShare: null, governor: null, disk: null }),
    ).toBe(
      [
        'Sandlot 0.1.0, Node v20.19.0, seed 7',
        '2 × Some CPU, Linux 6.1 x64',
        'Load 0.50, 4.0 GB',
        "Processes confined as 'root', CPU 7 % at 128 MB and so on (--cpu unlimited: all of it)",
        ...result.warnings.map((text) => `noise: ${text}`),
      ].join('\n'),
    )
    expect(heading({ cpuLimit: 'unlimited' })).toContain("confined as 'root', CPU unlimited")
  })
})

describe('a sparkline', () => {
  it('is as wide as it should be, and shows every sample up to the 99th of a hundred', () => {
    const samples = fc.array(fc.double({ min: 0, max: 1e4, noNaN: true }), { minLength: 20 })
    fc.assert(
      fc.property(samples, fc.integer({ min: 1, max: 40 }), (times, width) => {
        const bars = sparkline(times, width)
        expect([...bars]).toHaveLength(width)
        expect(bars).toContain('█')
      }),
    )
  })

  it('is not drawn of fewer than twenty', () => {
    expect(
      sparkline(
        Array.from({ length: 19 }, (_, index) => index + 1),
        8,
      ),
    ).toBe('')
    expect(
      sparkline(
        Array.from({ length: 20 }, (_, index) => index + 1),
        8,
      ),
    ).not.toBe('')
  })

  it('has bars that are as high as there are samples', () => {
    const times = [...Array(16).fill(1), ...Array(8).fill(10), ...Array(2).fill(100)]
    expect(sparkline(times, 3)).toBe('█▄▁')
  })
})

describe('the files of a bench', () => {
  it('have every field, null where there is no figure', () => {
    const json = JSON.parse(
      benchJson(withSeries(sampleBench(), 'cold', { p50: null })),
    ) as BenchResult
    expect(json).toMatchObject({ schema: 'sandlot-bench', schemaVersion: 2 })
    expect(json.variants[0]?.series.cold.p50).toBeNull()
    expect('nodeOptions' in json.environment).toBe(true)
  })

  it('have a row of CSV for every series of every variant', () => {
    const lines = benchCsv(withSeries(sampleBench(), 'cold', { p99: null })).split('\r\n')
    expect(lines).toHaveLength(1 + 3 * 4 + 1)
    expect(lines[0]).toMatch(/^variant,label,target,.*,p50_ms,p50_low_ms,p50_high_ms,/)
    expect(lines[1]).toMatch(/^A,"api, process",.*,cold,10,200,\d/)
    expect(new Set(lines.slice(0, -1).map((line) => cells(line).length))).toEqual(new Set([21]))
  })

  it('have a line of JSON for every sample', () => {
    const sample = {
      ...{ series: 'cold' as const, sequence: 2, call: 1, sandboxId: 'x', totalMs: 39 },
      ...{ durationMs: 1, billedDurationMs: 2, initDurationMs: null, maxMemoryUsedMb: null },
      phasesUs: { ran: 3 },
    }
    const seen = { samples: [sample, sample], failures: {}, misclassified: 0, warmUpCalls: null }
    const text = sampleLines({ variant: 27, block: 4, seen })
    const lines = text.trimEnd().split('\n')
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual(
      [1, 2].map(() => ({ variant: 'AB', run: 4, ...sample })),
    )
  })
})

describe('CSV', () => {
  it('quotes what would otherwise be read as something else', () => {
    expect(
      csvText(
        ['a', 'b'],
        [
          ['x,y', 'say "hi"'],
          [null, 'two\nlines'],
          [undefined, 1.5],
        ],
      ),
    ).toBe('a,b\r\n"x,y","say ""hi"""\r\n,"two\nlines"\r\n,1.5\r\n')
  })
})

const cells = (line: string): string[] =>
  line.match(/("([^"]|"")*"|[^,]*)(,|$)/g)?.slice(0, -1) ?? []

describe('the text of an invocation', () => {
  it('says in one line what it was', () => {
    const [line] = invocationText(invokeResult(), noColours).split('\n')
    expect(line).toBe(
      '✓ cold (no sandbox) 39.0 ms · init 35.0 · duration 2.50 · billed 38 ms · 42 of 128 MB · process 01234567',
    )
  })

  it('names the error of one that failed', () => {
    const failed = invokeResult({ coldStart: false, outcome: 'error', errorType: 'TypeError' })
    expect(invocationText(failed, noColours)).toMatch(/^✗ warm \(reused\) 0\.40 ms · TypeError · /)
  })

  it('gives a payload that is not JSON as text', () => {
    expect(invocationJson(invokeResult({ payload: 'oops' })).payload).toBe('oops')
    expect(invocationJson(invokeResult({ payload: 'null' })).payload).toBeNull()
  })
})

describe('a phase bar', () => {
  const anyPhases = fc
    .subarray([...PHASE_NAMES], { minLength: 1 })
    .chain((names) => fc.tuple(...names.map((name) => fc.tuple(fc.constant(name), fc.nat(1e7)))))

  it('is as long as it should be, whatever the phases are, and fits the terminal', () => {
    fc.assert(
      fc.property(anyPhases, (parts) => {
        let startUs = 0
        const phases = parts.map(([phase, durationUs]) => {
          startUs += durationUs
          return { phase, startUs: startUs - durationUs, durationUs }
        })
        const [bar = '', ...legend] = phaseBar(phases, noColours).split('\n')
        expect(bar.trim().length).toBe(startUs === 0 ? 0 : 32)
        for (const line of legend) expect(line.length).toBeLessThanOrEqual(96)
        for (const [phase] of parts) expect(legend.join(' ')).toContain(phase)
      }),
    )
  })

  it('says the same without colours as with them', () => {
    const { phases } = invokeResult()
    const coloured = phaseBar(phases, pc.createColors(true))
    expect(coloured).toContain('\x1b')
    expect(stripVTControlCharacters(coloured)).toBe(phaseBar(phases, noColours))
  })
})

describe('figures', () => {
  it.each([
    [0.004, '0.00'],
    [0.47, '0.47'],
    [9.996, '10.0'],
    [52.74, '52.7'],
    [99.96, '100'],
    [1_234.5, '1,235'],
    [undefined, '–'],
  ])('%s is %s', (value, text) => {
    expect(formatMs(value)).toBe(text)
  })

  it('are named by the end of a long name', () => {
    expect(shortened('handlers/hello.ts', 10)).toBe('…/hello.ts')
    expect(shortened('hello', 5)).toBe('hello')
  })
})
