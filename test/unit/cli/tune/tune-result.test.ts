import { describe, expect, it } from 'vitest'
import type { BenchResult, VariantResult } from '../../../../cli/measure/results/bench-result.ts'
import { type TuneQuestion, tuneResult } from '../../../../cli/measure/tune/tune-result-of.ts'
import { sampleBench } from '../../../support/sample-results.ts'

const QUESTION: TuneQuestion = {
  target: 'thumbnail',
  region: 'us-east-1',
  ephemeralStorageMb: 512,
  strategy: 'cost',
  costWeight: 0.5,
  warnings: ['this machine is small'],
}

/** A variant of a size with a median of so many ms, each of them billed. */
function variantOf(memorySizeMb: number, warmMs: number): VariantResult {
  const [variant] = sampleBench({ runs: 1 }).variants as [VariantResult]
  const { series, billed, costPerMillion } = variant
  return {
    ...variant,
    memorySizeMb,
    series: { ...series, warm: { ...series.warm, p50: warmMs } },
    billed: { ...billed, warmMs },
    costPerMillion: costPerMillion && {
      ...costPerMillion,
      gbSeconds: 1_000 * warmMs * (memorySizeMb / 1_024),
    },
  }
}

const benchOf = (...variants: VariantResult[]): BenchResult => ({
  ...sampleBench({ runs: 1 }),
  variants,
  warnings: ['it was noisy'],
})

const tuned = (variants: VariantResult[], question: Partial<TuneQuestion> = {}) =>
  tuneResult(benchOf(...variants), { ...QUESTION, ...question })

describe('the result of a sweep', () => {
  const variants = [variantOf(1_024, 50), variantOf(128, 400), variantOf(512, 90)]

  it('has the sizes in order, with what a million warm invocations cost on both architectures', () => {
    const result = tuned(variants)
    expect(result?.sizes.map(({ memorySizeMb }) => memorySizeMb)).toEqual([128, 512, 1_024])
    const [smallest] = result?.sizes ?? []
    expect(smallest).toMatchObject({ warmMs: { value: 400 }, billedMs: 400 })
    expect(smallest?.billedMeanMs).toBeCloseTo(400, 9)
    const { x86_64, arm64 } = smallest?.costPerMillion ?? {}
    expect(x86_64?.gbSeconds).toBeCloseTo(50_000, 6)
    expect(x86_64?.totalUsd).toBeCloseTo(0.2 + 50_000 * 0.000_016_666_7, 6)
    expect(arm64?.totalUsd).toBeCloseTo(0.2 + 50_000 * 0.000_013_333_4, 6)
  })

  it('names what stands out, and recommends what was asked for', () => {
    expect(tuned(variants)).toMatchObject({
      best: { cheapest: 512, fastest: 1_024 },
      recommended: { strategy: 'cost', costWeight: 0.5, memorySizeMb: 512 },
    })
    expect(tuned(variants, { strategy: 'speed' })?.recommended?.memorySizeMb).toBe(1_024)
  })

  it('reckons with the prices of the region and with ephemeral storage', () => {
    const there = tuned(variants, { region: 'af-south-1', ephemeralStorageMb: 10_240 })
    const { x86_64 } = there?.sizes[0]?.costPerMillion ?? {}
    expect(x86_64).toMatchObject({ region: 'af-south-1' })
    expect(x86_64?.requestsUsd).toBeCloseTo(0.27, 9)
    expect(x86_64?.ephemeralStorageUsd).toBeCloseTo(400_000 * 9.5 * 0.000_000_040_4, 9)
  })

  it('leaves out a size with too few samples, and says why', () => {
    const dead = variantOf(256, 1)
    const none = { ...dead.series.warm, n: 3, p50: null }
    const failed = {
      ...dead,
      series: { ...dead.series, warm: none },
      failures: { 'Runtime.OutOfMemory': 20 },
    }
    const short = {
      ...dead,
      memorySizeMb: 384,
      series: { ...dead.series, warm: none },
      failures: {},
    }
    const result = tuned([...variants, failed, short])
    expect(result?.sizes).toHaveLength(3)
    expect(result?.warnings).toEqual([
      'this machine is small',
      'it was noisy',
      '256 MB: too few samples, left out (20 failed with Runtime.OutOfMemory)',
      `384 MB: too few samples, left out (${dead.series.cold.n} cold and 3 warm)`,
    ])
    expect(tuned([failed, short])).toBeUndefined()
  })

  it('warns where CPU is meted out coarsely', () => {
    const bench = benchOf(...variants)
    const how = 'stopped and continued'
    const limits = [{ concern: 'CPU', level: 'weaker', how } as const]
    const result = tuneResult({ ...bench, environment: { ...bench.environment, limits } }, QUESTION)
    expect(result?.warnings).toContain('CPU here: stopped and continued')
  })
})
