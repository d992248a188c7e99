import { describe, expect, it } from 'vitest'
import type { BenchResult, VariantResult } from '../../../../../cli/measure/results/bench-result.ts'
import { readProfile } from '../../../../../cli/measure/simulate/profiles/read-profile.ts'
import {
  withColdStart,
  withRunTime,
} from '../../../../../cli/measure/simulate/profiles/with-times.ts'
import { quantile } from '../../../../../cli/measure/statistics/quantiles.ts'
import { seededRandom } from '../../../../../runtime/kernel/random.ts'
import { sampleLoad } from '../../../../support/sample-load.ts'
import { sampleBench } from '../../../../support/sample-results.ts'
import { fileWriter, refusalOf } from '../files.ts'
import { PROFILE } from '../parts.ts'

const write = fileWriter()
const BENCH = sampleBench({ runs: 2, coldPerRun: 30, warmPerRun: 200 })

const written = (result: unknown, name = 'bench.json') => write(name, JSON.stringify(result))
const read = (spec: string) => readProfile(spec, { memoryMb: 128 })

function firstOf({ variants: [variant] }: BenchResult): VariantResult {
  if (variant === undefined) throw new TypeError('the sample has no variant')
  return variant
}

const billedWith = (initMs: number | null) => ({ billed: { ...firstOf(BENCH).billed, initMs } })

/** One variant, with figures that are easy to add up. */
function measured(more: Partial<VariantResult> = {}, runsMs = [[100, 110, 120]]): BenchResult {
  const variant = firstOf(BENCH)
  const series = {
    ...variant.series,
    cold: { ...variant.series.cold, runsMs },
    warm: { ...variant.series.warm, runsMs: [[2, 3], [4]] },
  }
  const phases = {
    cold: [
      { name: 'queued', ms: 1 },
      { name: 'spawned', ms: 20 },
      { name: 'booted', ms: 30 },
      { name: 'initialised', ms: 45 },
      { name: 'ran', ms: 9 },
      { name: 'delivered', ms: 1 },
    ],
    warm: [
      { name: 'queued', ms: 0.25 },
      { name: 'dispatched', ms: 0.5 },
      { name: 'ran', ms: 2 },
      { name: 'delivered', ms: 0.25 },
    ],
  }
  return {
    ...BENCH,
    variants: [{ ...variant, series, phases, billed: { ...variant.billed, initMs: 75 }, ...more }],
  }
}

const samplesOf = (draw: () => number): number[] => Array.from({ length: 4_000 }, draw)

describe('a profile measured by bench', () => {
  it('takes apart what was waited, and nothing counts twice', () => {
    const { latency, kind, text } = read(written(measured()))
    const random = seededRandom(1)
    expect(latency.overheadUs(random)).toBe(1_000)
    expect(latency.firstRunUs(random)).toBe(9_000)
    // 2, 3 and 4 ms without 1 ms of overhead.
    const runs = samplesOf(() => latency.runUs(random))
    expect([Math.min(...runs) >= 1_000, Math.max(...runs) <= 3_000]).toEqual([true, true])
    // 100 to 120 ms without 1 ms of overhead and 9 ms of first run; 75 of 100 ms were billed.
    const starts = Array.from({ length: 500 }, () => latency.coldStart(random))
    for (const { totalUs, initUs } of starts) {
      expect(totalUs).toBeGreaterThanOrEqual(90_000)
      expect(totalUs).toBeLessThanOrEqual(110_000)
      expect(initUs / totalUs).toBeCloseTo(0.75, 3)
    }
    expect(kind).toBe('measured')
    expect(text).toBe(
      `api, process, 1769 MB: 3 cold starts and 3 warm invocations measured by bench on ` +
        `${BENCH.environment.cpu}, Node ${BENCH.environment.node}`,
    )
  })

  it('lets a cold call and a warm one wait what the measured ones waited', () => {
    const { latency } = read(`${written(BENCH)}#A`)
    const random = seededRandom(2)
    const cold = samplesOf(
      () =>
        latency.coldStart(random).totalUs +
        (latency.firstRunUs(random) ?? 0) +
        latency.overheadUs(random),
    )
    const warm = samplesOf(() => latency.runUs(random) + latency.overheadUs(random))
    const series = BENCH.variants[0]?.series
    for (const q of [0.1, 0.5, 0.9]) {
      for (const [simulated, runsMs] of [
        [cold, series?.cold.runsMs],
        [warm, series?.warm.runsMs],
      ] as const) {
        const seenMs = quantile(runsMs?.flat() ?? [], q) ?? 0
        expect((quantile(simulated, q) ?? 0) / 1_000 / seenMs).toBeCloseTo(1, 1)
      }
    }
  })

  it('has nothing below 0, and no more init than cold start', () => {
    const bench = measured(billedWith(500), [[5, 30]])
    const { latency } = read(written(bench))
    const random = seededRandom(1)
    for (let draws = 0; draws < 200; draws += 1) {
      const { totalUs, initUs } = latency.coldStart(random)
      expect(totalUs).toBeGreaterThanOrEqual(0)
      expect(initUs).toBe(totalUs)
    }
  })

  it('counts all of the cold start as init where no init was billed', () => {
    const bench = measured(billedWith(null))
    const { totalUs, initUs } = read(written(bench)).latency.coldStart(seededRandom(1))
    expect(initUs).toBe(totalUs)
  })

  it('is of the variant that is named, by letter or label', () => {
    const path = written(BENCH)
    expect(read(`${path}#B`).text).toMatch(/^api, thread, 1769 MB: 60 cold starts and 400 warm/)
    expect(read(`${path}#api-bundled, process`).text).toMatch(/^api-bundled, process/)
  })

  it('needs a name where there are several variants', () => {
    const all = 'A (api, process), B (api, thread), C (api-bundled, process)'
    const path = written(BENCH)
    expect(refusalOf(() => read(path))).toBe(
      `bench.json has several variants: ${all}\n         Name one, such as bench.json#A`,
    )
    expect(refusalOf(() => read(`${path}#D`))).toBe(`bench.json has no variant 'D': it has ${all}`)
  })

  it('needs samples of both, and fields that are whole', () => {
    const none = (name: 'cold' | 'warm') => {
      const { series: all } = firstOf(measured())
      const series = { ...all, [name]: { ...all[name], runsMs: [[]] } }
      return refusalOf(() => read(written(measured({ series }))))
    }
    expect(none('cold')).toBe('bench.json has no cold starts of api, process')
    expect(none('warm')).toBe('bench.json has no warm invocations of api, process')
    const broken = measured({ phases: { cold: [], warm: [{ name: 'ran', ms: -1 }] } })
    expect(refusalOf(() => read(written(broken)))).toMatch(
      /^bench\.json is damaged, at variants\.0\.phases\.warm\.0\.ms: /,
    )
    expect(refusalOf(() => read(written({ ...BENCH, variants: [] })))).toBe(
      'bench.json has no variants',
    )
  })

  it('is not made from another result, or no file', () => {
    const load = written(sampleLoad({ durationSeconds: 2 }), 'load.json')
    expect(refusalOf(() => read(load))).toBe(
      'load.json is a result of load, and a profile is made from one of bench',
    )
    expect(refusalOf(() => read('no/such.json#A'))).toBe(
      'such.json cannot be read: there is no such file',
    )
  })
})

describe('a published profile', () => {
  it('has the init of a runtime on AWS, and says whose figures they are', () => {
    const { latency, kind, text } = read('aws:nodejs22.x')
    const random = seededRandom(1)
    const starts = samplesOf(() => latency.coldStart(random).totalUs / 1_000)
    expect((quantile(starts, 0.5) ?? 0) / 141).toBeCloseTo(1, 1)
    expect((quantile(starts, 0.9) ?? 0) / 164).toBeCloseTo(1, 1)
    expect(kind).toBe('published')
    expect(text).toMatch(
      /^AWS Lambda, nodejs22\.x, init only: published by lambda-perf .*; not measured here$/,
    )
  })

  it('has a shorter first run with more memory, and the same init', () => {
    const of = (memoryMb: number) => readProfile('aws:nodejs22.x', { memoryMb }).latency
    const [small, large] = [of(128), of(1_024)]
    const random = seededRandom(1)
    const largeUs = large.firstRunUs(random) ?? 0
    expect(small.firstRunUs(random)).toBeGreaterThan(largeUs * 2)
    expect(small.coldStart(seededRandom(1))).toEqual(large.coldStart(seededRandom(1)))
  })

  it('is refused for a runtime of which there is none', () => {
    expect(refusalOf(() => read('aws:cobol'))).toMatch(
      /^--profile aws:cobol: nothing was published of 'cobol'\n +There are figures of nodejs20\.x, /,
    )
  })
})

describe('times of its own', () => {
  const random = seededRandom(1)

  it('replace the run times, and no cold start', () => {
    const model = withRunTime(PROFILE, () => 42)
    expect([model.runUs(random), model.firstRunUs(random)]).toEqual([42, undefined])
    expect(model.coldStart(random)).toEqual({ totalUs: 200_000, initUs: 150_000 })
    expect(model.overheadUs(random)).toBe(300)
  })

  it('replace the cold start, and no run time', () => {
    const model = withColdStart(PROFILE, () => 42)
    expect(model.coldStart(random)).toEqual({ totalUs: 42, initUs: 42 })
    expect([model.runUs(random), model.firstRunUs(random)]).toEqual([7_000, 9_000])
    expect(model.overheadUs(random)).toBe(300)
  })
})
