import { arch } from 'node:os'
import { type Random, seededRandom } from '../../../runtime/kernel/random.ts'
import { PHASE_NAMES } from '../../../runtime/telemetry/phases.ts'
import { type Architecture, type Cost, costOf } from '../cost/cost.ts'
import type { ModuleReport } from '../modules/measure-modules.ts'
import type {
  Billed,
  ImportsSummary,
  Series,
  SeriesName,
  VariantResult,
} from '../results/bench-result.ts'
import type { Part } from '../results/figures.ts'
import { quantileIntervals } from '../statistics/bootstrap.ts'
import { distributionOf } from '../statistics/histogram.ts'
import { orderStatisticInterval } from '../statistics/order-statistic-interval.ts'
import { isSupported, quantile } from '../statistics/quantiles.ts'
import { variantId } from './bench-plan.ts'
import { type Measured, samplesOf, seriesRuns } from './measured.ts'
import type { RunSamples } from './run-samples.ts'
import type { Sample } from './sample.ts'

export interface VariantResultInput {
  readonly index: number
  readonly measured: Measured
  readonly confinement: VariantResult['confinement']
  readonly seed: number
  /** Absent: not looked at. */
  readonly modules: ModuleReport | undefined
}

/** What the runs of one variant come to. */
export function variantResult(input: VariantResultInput): VariantResult {
  const { index, measured, confinement, seed, modules } = input
  const { variant, runs } = measured
  const random = seededRandom(seed)
  const series = (name: SeriesName): Series => seriesOf(seriesRuns(measured, name), random)
  const architecture = architectureHere()
  return {
    id: variantId(index),
    label: variant.label,
    target: variant.target,
    isolation: variant.input.isolation ?? 'process',
    memorySizeMb: variant.input.memorySizeMb ?? DEFAULT_MEMORY_MB,
    architecture,
    node: variant.node.version,
    confinement,
    build: variant.build,
    series: {
      cold: series('cold'),
      second: series('second'),
      tenth: series('tenth'),
      warm: series('warm'),
    },
    phases: {
      cold: partsOf(samplesOf(measured, 'cold')),
      warm: partsOf(samplesOf(measured, 'warm')),
    },
    imports: importsOf(modules),
    modules: modules?.modules ?? [],
    warmUpCalls: median(runs.flatMap(({ warmUpCalls }) => warmUpCalls ?? [])) ?? 0,
    billed: billedOf(measured),
    costPerMillion: costPerMillion(measured, architecture),
    failures: failuresOf(runs),
    misclassified: runs.reduce((sum, run) => sum + run.misclassified, 0),
  }
}

const DEFAULT_MEMORY_MB = 128
const DEFAULT_STORAGE_MB = 512

function seriesOf(runsMs: readonly (readonly number[])[], random: Random): Series {
  const all = runsMs.flat()
  const [p50Interval = null, p99Interval = null] = quantileIntervals(runsMs, [0.5, 0.99], random)
  return {
    ...distributionOf(all),
    p50Interval: isSupported(all.length, 0.5) ? p50Interval : null,
    p99Interval: isSupported(all.length, 0.99) ? p99Interval : null,
    p50OrderInterval: isSupported(all.length, 0.5) ? orderStatisticInterval(all, 0.5) : null,
    runsMs,
  }
}

const median = (values: readonly number[]): number | undefined => quantile(values, 0.5)

/** Median of every phase that there was. */
function partsOf(samples: readonly Sample[]): Part[] {
  return PHASE_NAMES.flatMap((name) => {
    const ms = median(samples.flatMap(({ phasesUs: { [name]: us } }) => us ?? []))
    return ms === undefined ? [] : [{ name, ms: ms / 1_000 }]
  })
}

function importsOf(modules: ModuleReport | undefined): ImportsSummary | null {
  if (modules === undefined || modules.starts === 0) return null
  const { starts, moduleLoadMs, initCodeMs } = modules
  return { starts, moduleLoadMs, initCodeMs }
}

function billedOf(measured: Measured): Billed {
  const [cold, warm] = [samplesOf(measured, 'cold'), samplesOf(measured, 'warm')]
  const all = measured.runs.flatMap(({ samples }) => samples)
  return {
    coldMs: median(cold.map(({ billedDurationMs }) => billedDurationMs)) ?? null,
    warmMs: median(warm.map(({ billedDurationMs }) => billedDurationMs)) ?? null,
    initMs: median(cold.flatMap(({ initDurationMs }) => initDurationMs ?? [])) ?? null,
    maxMemoryUsedMb: median(all.flatMap(({ maxMemoryUsedMb }) => maxMemoryUsedMb ?? [])) ?? null,
  }
}

const MILLION = 1_000_000
/** Where prices are those of most regions. */
const REGION = 'us-east-1'

/** What a million invocations like the warm ones would cost. */
function costPerMillion(measured: Measured, architecture: Architecture): Cost | null {
  const { memorySizeMb, ephemeralStorageMb } = measured.variant.input
  const billed = samplesOf(measured, 'warm').map(({ billedDurationMs }) => billedDurationMs)
  if (billed.length === 0) return null
  // A bill is a sum: what counts is the mean.
  const meanMs = billed.reduce((sum, ms) => sum + ms, 0) / billed.length
  return costOf({
    region: REGION,
    architecture,
    memorySizeMb: memorySizeMb ?? DEFAULT_MEMORY_MB,
    ephemeralStorageMb: ephemeralStorageMb ?? DEFAULT_STORAGE_MB,
    requests: MILLION,
    billedMs: meanMs * MILLION,
    freeTier: false,
    decimalGb: false,
  })
}

const architectureHere = (): Architecture => (arch() === 'arm64' ? 'arm64' : 'x86_64')

function failuresOf(runs: readonly RunSamples[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const { failures } of runs) {
    for (const [type, count] of Object.entries(failures)) counts[type] = (counts[type] ?? 0) + count
  }
  return counts
}
