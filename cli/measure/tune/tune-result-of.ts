import { type Architecture, type Cost, costOf } from '../cost/cost.ts'
import { gbSeconds } from '../cost/gb-seconds.ts'
import type { Environment } from '../environment.ts'
import type { BenchResult, VariantResult } from '../results/bench-result.ts'
import type { TunedSize, TuneResult } from '../results/tune-result.ts'
import { bestSizes, type Strategy, sizeFor } from './best-sizes.ts'

export interface TuneQuestion {
  readonly target: string
  readonly region: string
  /** What the function has; it is paid for over 512 MB. */
  readonly ephemeralStorageMb: number
  readonly strategy: Strategy
  /** What cost weighs against time: 0 to 1. */
  readonly costWeight: number
  /** Besides those of the measuring. */
  readonly warnings: readonly string[]
}

/** `undefined` where no size has samples enough. */
export function tuneResult(
  { warnings, startedAt, complete, seed, environment, settings, variants }: BenchResult,
  question: TuneQuestion,
): TuneResult | undefined {
  const measured = [...variants].sort((a, b) => a.memorySizeMb - b.memorySizeMb)
  const sizes = measured.flatMap((variant) => tunedSize(variant, question) ?? [])
  if (sizes.length === 0) return undefined
  const { target, region, strategy, costWeight } = question
  const points = sizes.map(({ memorySizeMb, warmMs, costPerMillion }) => {
    return { memorySizeMb, ms: warmMs.value, usd: costPerMillion.x86_64.totalUsd }
  })
  const best = bestSizes(points, costWeight)
  const { runs, coldPerRun, warmPerRun } = settings
  return {
    schema: 'sandlot-tune',
    schemaVersion: 1,
    startedAt,
    complete,
    seed,
    target,
    region,
    environment,
    warnings: [
      ...question.warnings,
      ...cpuWarnings(environment),
      ...warnings,
      ...measured.flatMap(lackOf),
    ],
    sizes,
    best: { cheapest: best.cheapest, fastest: best.fastest, knee: best.knee },
    settings: { runs, coldPerRun, warmPerRun },
    recommended: { strategy, costWeight, memorySizeMb: sizeFor(strategy, best) },
  }
}

function tunedSize(variant: VariantResult, question: TuneQuestion): TunedSize | undefined {
  const { memorySizeMb, series, billed, failures } = variant
  const billedMeanMs = meanBilledMs(variant)
  if (series.warm.p50 === null || series.cold.p50 === null) return undefined
  if (billed.warmMs === null || billedMeanMs === null) return undefined
  return {
    memorySizeMb,
    warmMs: { value: series.warm.p50, interval: series.warm.p50Interval },
    billedMs: billed.warmMs,
    billedMeanMs,
    coldMs: { value: series.cold.p50, interval: series.cold.p50Interval },
    maxMemoryUsedMb: billed.maxMemoryUsedMb,
    costPerMillion: {
      x86_64: costPerMillion('x86_64', memorySizeMb, billedMeanMs, question),
      arm64: costPerMillion('arm64', memorySizeMb, billedMeanMs, question),
    },
    failures,
  }
}

const MILLION = 1_000_000

/** The bench has the cost of a million in one region: its duration is the same everywhere. */
function meanBilledMs({ costPerMillion: cost, memorySizeMb }: VariantResult): number | null {
  return cost === null ? null : cost.gbSeconds / gbSeconds(memorySizeMb, MILLION, false)
}

function costPerMillion(
  architecture: Architecture,
  memorySizeMb: number,
  meanMs: number,
  { region, ephemeralStorageMb }: TuneQuestion,
): Cost {
  return costOf({
    region,
    architecture,
    memorySizeMb,
    ephemeralStorageMb,
    requests: MILLION,
    billedMs: meanMs * MILLION,
    freeTier: false,
    decimalGb: false,
  })
}

/** A sweep is about CPU: how coarsely it is meted out here matters more than anywhere else. */
function cpuWarnings({ limits }: Environment): string[] {
  const cpu = limits?.find(({ concern }) => concern === 'CPU')
  if (cpu === undefined || cpu.level === 'strongest') return []
  return [`CPU here: ${cpu.how}`]
}

/** Sizes that are not in the result, and why. */
function lackOf({ memorySizeMb, series, failures }: VariantResult): string[] {
  const { warm, cold } = series
  if (warm.p50 !== null && cold.p50 !== null) return []
  const failed = Object.entries(failures).map(([type, count]) => `${count} failed with ${type}`)
  const why = failed.length === 0 ? `${cold.n} cold and ${warm.n} warm` : failed.join(', ')
  return [`${memorySizeMb} MB: too few samples, left out (${why})`]
}
