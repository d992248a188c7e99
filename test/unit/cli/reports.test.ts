import { stripVTControlCharacters } from 'node:util'
import fc from 'fast-check'
import pc from 'picocolors'
import { describe, expect, it } from 'vitest'
import { type Measured, nothingMeasured } from '../../../cli/measure/bench-run.ts'
import type { Environment } from '../../../cli/measure/environment.ts'
import { sampleOf } from '../../../cli/measure/sample.ts'
import { type Variant, variantsOf } from '../../../cli/measure/variants.ts'
import { benchJson } from '../../../cli/report/bench-json.ts'
import { benchHeading, benchReport } from '../../../cli/report/bench-table.ts'
import { formatMs, shortened } from '../../../cli/report/format.ts'
import { invocationJson } from '../../../cli/report/invocation-json.ts'
import { invocationText } from '../../../cli/report/invocation-text.ts'
import { phaseBar } from '../../../cli/report/phase-bar.ts'
import { PHASE_NAMES } from '../../../runtime/telemetry/phases.ts'
import { invokeResult } from './invoke-results.ts'

const noColours = pc.createColors(false)

const machine: Environment = {
  cpu: 'Some CPU',
  cpuCount: 2,
  memoryMb: 4_096,
  system: 'Linux 6.1',
  arch: 'x64',
  node: 'v20.19.0',
  v8: '11.3',
  sandlot: '0.1.0',
  load: 0.5,
  isolation: 'root',
  cpuLimit: 'proportional',
  nodeOptions: undefined,
}

const variants = (target: string, sizes?: number[]): Variant[] =>
  variantsOf([{ target, payload: '{}', input: { name: 'f', handler: 'h', rootDir: '/' } }], {
    isolations: ['process', 'thread'],
    memorySizesMb: sizes,
  })

/** As if it had been measured so often. */
function measure(variant: Variant, cold: number, warm: number): Measured {
  const measured = nothingMeasured(variant)
  const one = (coldStart: boolean, sequence: number) =>
    sampleOf(invokeResult({ coldStart }), { sequence, call: 1 })
  for (let index = 0; index < cold; index += 1) measured.cold.push(one(true, index))
  for (let index = 0; index < warm; index += 1) measured.warm.push(one(false, index))
  return measured
}

const report = (...measured: Measured[]) => benchReport(measured, noColours)

describe('the report of a bench', () => {
  it('prints the percentiles that the samples support, and says why not the others', () => {
    const [variant] = variants('hello') as [Variant]
    const text = report(measure(variant, 20, 1_000))
    expect(text).toMatch(/^hello +process +cold +20 +39\.0 +– +– +39\.0 +cold = 98 × warm$/m)
    expect(text).toMatch(/^ +warm +1,000 +0\.40 +0\.40 +0\.40 +0\.40$/m)
    expect(text).toContain('p50 needs 20, p90 needs 100, p99 needs 1,000')
    expect(report(measure(variant, 1_000, 1_000))).not.toContain('too few samples')
  })

  it('splits cold and warm into phases', () => {
    const [variant] = variants('hello') as [Variant]
    const text = report(measure(variant, 1, 1))
    expect(text).toMatch(/^Where a cold start goes, median ms of each phase$/m)
    expect(text).toMatch(/^hello +process +1\.00 +4\.00 +20\.0 +10\.0 +1\.00 +3\.00$/m)
    expect(text).toMatch(/^hello +process +0\.10 +0\.10 +0\.20$/m)
    expect(report(measure(variant, 1, 0))).not.toContain('Where a warm invocation goes')
  })

  it('shows what failed and what was left out', () => {
    const [variant] = variants('hello') as [Variant]
    const measured = measure(variant, 1, 1)
    measured.failures.set('TypeError', 3)
    measured.misclassified = 2
    expect(report(measured)).toContain('hello, process: 3 failed with TypeError, not in the table')
    expect(report(measured)).toContain('hello, process: 2 not cold or warm as they were meant')
  })

  it('fits 100 columns however long the names are', () => {
    for (const sizes of [undefined, [128, 10_240]]) {
      const all = variants('some/long/path/to/a/handler.ts', sizes).map((variant) => {
        const measured = measure(variant, 1_000, 1_000)
        // All phases that a cold start can have.
        const names = PHASE_NAMES.filter((name) => name !== 'thawed')
        const phasesMs = Object.fromEntries(names.map((name) => [name, 123.4]))
        measured.cold.push(sampleOf(invokeResult({ phasesMs }), { sequence: 1, call: 1 }))
        return measured
      })
      const lines = report(...all).split('\n')
      for (const line of lines) expect(line.length).toBeLessThanOrEqual(100)
      expect(lines.join()).toContain('/handler.ts')
    }
  })

  it('has an interruption before the first sample', () => {
    const [variant] = variants('hello') as [Variant]
    expect(report(nothingMeasured(variant))).toMatch(/^hello +process +cold +0 +– +– +– +–$/m)
  })

  it('says on what it was measured, and that the machine was busy', () => {
    const text = benchHeading(machine, 7, noColours)
    expect(text).toBe(
      [
        'Sandlot 0.1.0, Node v20.19.0, seed 7',
        '2 × Some CPU, Linux 6.1 x64, load 0.50',
        "Processes confined as 'root', CPU 7 % at 128 MB and so on (--cpu unlimited: all of it)",
      ].join('\n'),
    )
    expect(benchHeading({ ...machine, cpuLimit: 'unlimited' }, 7, noColours)).toContain(
      "Processes confined as 'root', CPU unlimited",
    )
    expect(benchHeading({ ...machine, load: 1.5 }, 7, noColours)).toContain('expect noise')
  })
})

describe('the JSON of a bench', () => {
  it('has every field, null where there is no figure', () => {
    const [variant] = variants('hello') as [Variant]
    const measured = measure(variant, 1, 1)
    measured.failures.set('TypeError', 3)
    const record = { seed: 1, startedAt: 'now', complete: true, environment: machine }
    const json = JSON.parse(JSON.stringify(benchJson({ ...record, measured: [measured] })))
    expect(json).toMatchObject({
      schema: 'sandlot-bench',
      schemaVersion: 1,
      environment: { node: 'v20.19.0', nodeOptions: null },
    })
    expect(json.variants[0]).toMatchObject({
      target: 'hello',
      isolation: 'process',
      memorySizeMb: 128,
      failures: { TypeError: 3 },
      misclassified: 0,
      cold: { summaryMs: { n: 1, p50: null, p90: null, p99: null, max: 39 } },
      warm: { samples: [{ initDurationMs: null, maxMemoryUsedMb: 42 }] },
      warmUp: { samples: [] },
    })
  })
})

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
