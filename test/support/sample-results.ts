import type {
  BenchResult,
  Comparison,
  Series,
  VariantResult,
  Verdict,
} from '../../cli/measure/results/bench-result.ts'
import type { TunedSize, TuneResult } from '../../cli/measure/results/tune-result.ts'
import { distributionOf } from '../../cli/measure/statistics/histogram.ts'
import { type Random, seededRandom } from '../../runtime/kernel/random.ts'
import { cost, ENVIRONMENT, logNormal, normal, STARTED_AT } from './sample-parts.ts'

/** Results as they might be measured, for tests of reports: seeded, so always the same. */

/** Three variants: the first and the second start differently, the third is slow to import. */
export function sampleBench({ runs = 10, coldPerRun = 20, warmPerRun = 200 } = {}): BenchResult {
  const random = seededRandom(7)
  const size = { runs, coldPerRun, warmPerRun }
  const variants = [
    variant('A', 'api, process', 'process', { coldMs: 91, warmMs: 1.12 }, size, random),
    variant('B', 'api, thread', 'thread', { coldMs: 48, warmMs: 1.09 }, size, random),
    variant('C', 'api-bundled, process', 'process', { coldMs: 63, warmMs: 1.31 }, size, random),
  ]
  return {
    schema: 'sandlot-bench',
    schemaVersion: 2,
    startedAt: STARTED_AT,
    complete: true,
    seed: 20261124,
    settings: { ...size, untilCi: 0.05, smallestEffect: 0.05, aa: false },
    environment: ENVIRONMENT,
    warnings: ['Load average 1.4 on 2 cores: expect noise.'],
    variants,
    comparisons: [
      comparison('B', 'cold', 0.5, [0.53, 0.51, 0.55], -43.1, 'faster'),
      comparison('B', 'warm', 0.5, [0.973, 0.948, 1.004], -0.03, 'no difference shown'),
      comparison('B', 'warm', 0.99, [1.02, 0.86, 1.19], 0.05, 'too noisy'),
      comparison('C', 'cold', 0.5, [0.69, 0.67, 0.72], -28.2, 'faster'),
      comparison('C', 'warm', 0.5, [1.17, 1.13, 1.21], 0.19, 'slower'),
      comparison('C', 'warm', 0.99, [1.11, 0.94, 1.31], 0.27, 'too noisy'),
    ],
  }
}

interface Size {
  readonly runs: number
  readonly coldPerRun: number
  readonly warmPerRun: number
}

function variant(
  id: string,
  label: string,
  isolation: 'process' | 'thread',
  { coldMs, warmMs }: { coldMs: number; warmMs: number },
  { runs, coldPerRun, warmPerRun }: Size,
  random: Random,
): VariantResult {
  const series = (medianMs: number, spread: number, perRun: number): Series =>
    seriesOf(
      Array.from({ length: runs }, () => {
        const runMs = medianMs * Math.exp(0.02 * normal(random))
        return Array.from({ length: perRun }, () => logNormal(runMs, spread, random))
      }),
    )
  const cold = series(coldMs, 0.09, coldPerRun)
  const warm = series(warmMs, 0.28, warmPerRun)
  const bootMs = isolation === 'process' ? coldMs * 0.42 : coldMs * 0.3
  return {
    id,
    label,
    target: label.split(',')[0] ?? label,
    isolation,
    memorySizeMb: 1_769,
    architecture: 'x86_64',
    node: 'v20.20.2',
    confinement: 'root',
    build: id === 'C' ? 'feature/bundle' : null,
    series: {
      cold,
      second: series(warmMs * 2.1, 0.3, coldPerRun),
      tenth: series(warmMs * 1.3, 0.3, coldPerRun),
      warm,
    },
    phases: {
      cold: [
        { name: 'queued', ms: 0.12 },
        { name: 'spawned', ms: isolation === 'process' ? 8.4 : 0.9 },
        { name: 'booted', ms: bootMs },
        { name: 'initialised', ms: coldMs * 0.38 },
        { name: 'dispatched', ms: 0.31 },
        { name: 'ran', ms: coldMs * 0.09 },
        { name: 'delivered', ms: 0.42 },
      ],
      warm: [
        { name: 'queued', ms: 0.03 },
        { name: 'thawed', ms: 0.11 },
        { name: 'dispatched', ms: 0.09 },
        { name: 'ran', ms: warmMs * 0.7 },
        { name: 'delivered', ms: 0.08 },
      ],
    },
    imports:
      id === 'B' ? null : { starts: 3, moduleLoadMs: coldMs * 0.24, initCodeMs: coldMs * 0.09 },
    modules: id === 'B' ? [] : modulesOf(coldMs),
    warmUpCalls: 40,
    billed: {
      coldMs: Math.ceil(coldMs * 0.5),
      warmMs: 2,
      initMs: coldMs * 0.38,
      maxMemoryUsedMb: 58,
    },
    costPerMillion: cost(1_769, 2, 'x86_64'),
    failures: id === 'C' ? { 'Sandbox.Timedout': 2 } : {},
    misclassified: id === 'B' ? 1 : 0,
  }
}

const modulesOf = (coldMs: number): VariantResult['modules'] =>
  [
    ['@aws-sdk/client-dynamodb', 0.16, 0.07],
    ['@smithy/core', 0.07, 0.05],
    ['zod', 0.05, 0.05],
    ['./lib/routing/table.mjs', 0.03, 0.012],
    ['date-fns', 0.011, 0.011],
  ].map(([name, total, self]) => ({
    name: String(name),
    totalMs: coldMs * Number(total),
    selfMs: coldMs * Number(self),
  }))

function comparison(
  b: string,
  series: 'cold' | 'warm',
  quantile: 0.5 | 0.99,
  [value, low, high]: readonly [number, number, number],
  differenceMs: number,
  verdict: Verdict,
): Comparison {
  const width = Math.abs(differenceMs) * 0.2 + 0.02
  return {
    a: 'A',
    b,
    series,
    quantile,
    ratio: { value, interval: { low, high } },
    differenceMs: {
      value: differenceMs,
      interval: { low: differenceMs - width, high: differenceMs + width },
    },
    pValue: verdict === 'faster' || verdict === 'slower' ? 0.002 : 0.41,
    effect: verdict === 'faster' ? -0.94 : verdict === 'slower' ? 0.62 : 0.04,
    verdict,
  }
}

/** From 128 MB, where the share of a CPU is small, to where more helps no more. */
export function sampleTune(): TuneResult {
  return {
    schema: 'sandlot-tune',
    schemaVersion: 1,
    startedAt: STARTED_AT,
    complete: true,
    seed: 99,
    target: 'thumbnail',
    region: 'us-east-1',
    environment: ENVIRONMENT,
    warnings: [],
    sizes: [128, 256, 512, 1_024, 1_769, 3_008].map(tunedSize),
    best: { cheapest: 512, fastest: 3_008, knee: 1_024 },
  }
}

function tunedSize(memorySizeMb: number): TunedSize {
  const warmMs = 18 + (640 * 128) / Math.min(memorySizeMb, 1_900) + (memorySizeMb <= 256 ? 90 : 0)
  const estimate = (value: number, share: number) => ({
    value,
    interval: { low: value * (1 - share), high: value * (1 + share) },
  })
  return {
    memorySizeMb,
    warmMs: estimate(warmMs, 0.04),
    billedMs: Math.ceil(warmMs),
    coldMs: estimate(warmMs + 84, 0.06),
    maxMemoryUsedMb: 96,
    costPerMillion: {
      x86_64: cost(memorySizeMb, Math.ceil(warmMs), 'x86_64'),
      arm64: cost(memorySizeMb, Math.ceil(warmMs), 'arm64'),
    },
    failures: memorySizeMb === 128 ? { 'Runtime.OutOfMemory': 1 } : {},
  }
}

function seriesOf(runsMs: readonly (readonly number[])[]): Series {
  const all = distributionOf(runsMs.flat())
  const around = (value: number | null, share: number) =>
    value === null ? null : { low: value * (1 - share), high: value * (1 + share) }
  return {
    ...all,
    p50Interval: around(all.p50, 0.021),
    p99Interval: around(all.p99, 0.09),
    p50OrderInterval: around(all.p50, 0.017),
    runsMs,
  }
}
