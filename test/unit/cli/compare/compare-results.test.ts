import { describe, expect, it } from 'vitest'
import { messageOf } from '../../../../cli/exit-codes.ts'
import { compareResults } from '../../../../cli/measure/compare/compare-results.ts'
import { environmentDifferences } from '../../../../cli/measure/compare/environment-differences.ts'
import { pairVariants } from '../../../../cli/measure/compare/pair-variants.ts'
import type { BenchResult, VariantResult } from '../../../../cli/measure/results/bench-result.ts'
import type { ComparableResult } from '../../../../cli/measure/results/read-result.ts'
import { sampleInvalidLoad, sampleLoad } from '../../../support/sample-load.ts'
import { sampleBench } from '../../../support/sample-results.ts'

const SAMPLE = sampleBench({ runs: 1, coldPerRun: 1, warmPerRun: 1 })

function benchOf(...variants: readonly Partial<VariantResult>[]): BenchResult {
  const [first] = SAMPLE.variants as [VariantResult]
  return { ...SAMPLE, variants: variants.map((variant) => ({ ...first, ...variant })) }
}

const compared = (...results: readonly ComparableResult[]) =>
  compareResults(
    results.map((result, index) => ({ id: 'ABC'[index] as string, path: `${index}.json`, result })),
    undefined,
  )

describe('pairing the variants of two benchmarks', () => {
  const labels = (a: BenchResult, b: BenchResult) => {
    const { pairs, onlyA, onlyB } = pairVariants(a, b)
    return { pairs: pairs.map(({ label }) => label), onlyA, onlyB }
  }

  it('goes by the label first, whatever the order', () => {
    const [x, y] = [{ label: 'x' }, { label: 'y' }]
    expect(labels(benchOf(x, y), benchOf(y, x))).toEqual({
      pairs: ['x', 'y'],
      onlyA: [],
      onlyB: [],
    })
  })

  it('then by the target, in the same kind of sandbox and of the same size', () => {
    const one = { label: 'old', target: 't', memorySizeMb: 128 }
    const other = { label: 'new', target: 't', memorySizeMb: 128 }
    const larger = { label: 'large', target: 't', memorySizeMb: 256 }
    expect(labels(benchOf(one, { label: 'x', target: 'x' }), benchOf(larger, other))).toEqual({
      pairs: ['old → new'],
      onlyA: ['x'],
      onlyB: ['large'],
    })
  })

  it('takes the only variants of two benchmarks for each other, and none of several', () => {
    const one = { label: 'a', target: 'a' }
    const other = { label: 'b', target: 'b' }
    expect(labels(benchOf(one), benchOf(other)).pairs).toEqual(['a → b'])
    expect(labels(benchOf(one), benchOf(other, { label: 'c', target: 'c' })).pairs).toEqual([])
  })
})

describe('comparing results', () => {
  it('never takes runs of different files for pairs', () => {
    // Paired, the ratio would be 1.2 in every run, and its interval a point.
    const runs = (factor: number) => ({
      ...(SAMPLE.variants[0] as VariantResult).series.warm,
      runsMs: [8, 9, 10, 11, 12, 13].map((ms) => [ms, ms, ms, ms].map((each) => each * factor)),
    })
    const series = (factor: number) => ({
      ...(SAMPLE.variants[0] as VariantResult).series,
      warm: runs(factor),
    })
    const result = compared(benchOf({ series: series(1) }), benchOf({ series: series(1.2) }))
    const warm =
      result.kind === 'bench'
        ? result.pairs[0]?.comparisons.find((each) => each.series === 'warm')
        : undefined
    expect(warm?.ratio.value).toBeCloseTo(1.2)
    expect(warm?.ratio.interval?.low).toBeLessThan(1.15)
    expect(warm).toMatchObject({ a: 'A', b: 'B' })
  })

  it('refuses what has nothing in common', () => {
    const message = (...results: readonly ComparableResult[]): string => {
      try {
        compared(...results)
      } catch (error) {
        return messageOf(error)
      }
      return 'compared'
    }
    expect(message(SAMPLE, sampleLoad({ durationSeconds: 2 }))).toBe(
      'sandlot: 0.json is a result of bench and 1.json one of load: they have no figure in common',
    )
    const strange = benchOf({ label: 'x', target: 'x' }, { label: 'y', target: 'y' })
    expect(message(SAMPLE, strange)).toBe(
      'sandlot: 0.json and 1.json have no variant in common\n' +
        "         The first has 'api, process', 'api, thread', 'api-bundled, process', the second 'x', 'y'.",
    )
  })

  it('warns of load tests that are not valid, not complete, or of another load', () => {
    const valid = sampleLoad({ durationSeconds: 2 })
    const invalid = sampleInvalidLoad()
    expect(compared(valid, valid).warnings).toEqual([])
    expect(compared(valid, invalid).warnings).toEqual([
      '1.json is of a measurement that did not come to its end',
      `1.json is not valid: ${invalid.validity.reasons.join(' ')}`,
      `The loads differ: ${valid.workload.text}; ${invalid.workload.text}`,
    ])
  })
})

describe('environments', () => {
  const { environment } = SAMPLE

  const loads = (...values: readonly number[]) =>
    environmentDifferences(values.map((load) => ({ ...environment, cpuCount: 2, load })))

  it('are alike though loads are never quite the same', () => {
    expect(loads(0.1, 1)).toEqual([])
    expect(loads(1.1, 2.1)).toEqual([])
  })

  it('differ in load where one was busy, or much more so', () => {
    const field = 'load before measuring'
    expect(loads(0.9, 1.01)).toEqual([{ field, values: ['0.90', '1.01'] }])
    expect(loads(1.1, 2.2)).toEqual([{ field, values: ['1.10', '2.20'] }])
  })

  it('differ in what may change figures, by name', () => {
    const other = { ...environment, isolation: 'plain' as const, nodeOptions: '--jitless' }
    expect(environmentDifferences([environment, other])).toEqual([
      { field: 'confinement', values: ['root', 'plain'] },
      { field: 'NODE_OPTIONS', values: ['none', '--jitless'] },
    ])
  })
})
