import type { Cost } from '../cost/cost.ts'
import type { Environment } from '../environment.ts'
import type { Distribution, Estimate, Interval, Part } from './figures.ts'

/** A benchmark as `bench --json` writes it. Raise `schemaVersion` when a reader would have to change. */
export interface BenchResult {
  readonly schema: 'sandlot-bench'
  readonly schemaVersion: 2
  /** ISO 8601. */
  readonly startedAt: string
  /** All of the plan was carried out. */
  readonly complete: boolean
  readonly seed: number
  readonly settings: BenchSettings
  /** Which rule ended the runs; absent in results that were not measured by `bench`. */
  readonly endedBy?: 'runs' | 'interval' | 'most runs' | 'interruption'
  /** With `untilCi`: half the widest interval of a median at the end, as a share of it. */
  readonly widestCi?: number | null
  readonly environment: Environment
  /** What makes the figures less certain, for a person to read. */
  readonly warnings: readonly string[]
  readonly variants: readonly VariantResult[]
  /**
   * Every variant against the first; with `aa` each against itself; of two builds each against the
   * same of the other build.
   */
  readonly comparisons: readonly Comparison[]
}

export interface BenchSettings {
  /** Runs of each variant: the unit that is repeated, a controller of its own each. */
  readonly runs: number
  readonly coldPerRun: number
  readonly warmPerRun: number
  /** Half the width of the interval of each median that ended the runs, as a share of it. */
  readonly untilCi: number | null
  /** Smallest difference that matters, as a share: 0.05. */
  readonly smallestEffect: number
  /** Every variant is measured twice, to see whether the measuring itself finds differences. */
  readonly aa: boolean
}

/**
 * Invocations of a sandbox by their place: the first, which starts it; the second; the tenth; and
 * those after the warm-up.
 */
export type SeriesName = 'cold' | 'second' | 'tenth' | 'warm'

export interface VariantResult {
  /** `A`, `B`, … in the order named. */
  readonly id: string
  /** What tells it from the others, short. */
  readonly label: string
  readonly target: string
  readonly isolation: 'process' | 'thread'
  readonly memorySizeMb: number
  readonly architecture: 'x86_64' | 'arm64'
  /** Version of Node that controller and sandboxes ran on. */
  readonly node: string
  /** How processes were confined. */
  readonly confinement: 'root' | 'user' | 'plain'
  /** The git reference or folder that the code came from; `null`: as it lies there. */
  readonly build: string | null
  readonly series: Readonly<Record<SeriesName, Series>>
  /** Medians of each phase. What `initialised` is made of is in `imports`. */
  readonly phases: { readonly cold: readonly Part[]; readonly warm: readonly Part[] }
  /** What loading the code consists of; `null` where it was not looked at, or could not be. */
  readonly imports: ImportsSummary | null
  /** The slowest modules of the import tree, slowest first; empty where they were not looked at. */
  readonly modules: readonly ModuleCost[]
  /** Calls of a run's sandbox that came before the ones counted as warm, median over the runs. */
  readonly warmUpCalls: number
  readonly billed: Billed
  /** Of a million warm invocations; `null` where none was measured. */
  readonly costPerMillion: Cost | null
  /** Function errors, timeouts and crashes, by error type. */
  readonly failures: Readonly<Record<string, number>>
  /** Meant to be cold and was warm, or the other way round: left out. */
  readonly misclassified: number
}

export interface Series extends Distribution {
  readonly p50Interval: Interval | null
  readonly p99Interval: Interval | null
  /** Of the median by order statistics, without resampling: a check of `p50Interval`. */
  readonly p50OrderInterval: Interval | null
  /** The samples of each run, in the order measured, milliseconds. */
  readonly runsMs: readonly (readonly number[])[]
}

/**
 * Of starts of their own, which look at the imports and are in no series: medians, milliseconds.
 * Together they are what loading the handler takes in such a start.
 */
export interface ImportsSummary {
  readonly starts: number
  /** All that the handler imports, with finding, reading and compiling. */
  readonly moduleLoadMs: number | null
  /** The top-level code of the handler's own module. */
  readonly initCodeMs: number | null
}

export interface ModuleCost {
  /** Package or file, as a person would name it. */
  readonly name: string
  /** With all that it imports first, and without. Milliseconds. */
  readonly totalMs: number
  readonly selfMs: number
}

/** Medians of what a REPORT line says; `null` where nothing was measured. */
export interface Billed {
  readonly coldMs: number | null
  readonly warmMs: number | null
  readonly initMs: number | null
  readonly maxMemoryUsedMb: number | null
}

export type Verdict = 'faster' | 'slower' | 'no difference shown' | 'too noisy'

/** One quantile of one series of `b` against the same of `a`. */
export interface Comparison {
  readonly a: string
  readonly b: string
  readonly series: SeriesName
  readonly quantile: 0.5 | 0.99
  /** b / a. */
  readonly ratio: Estimate
  /** b - a, milliseconds. */
  readonly differenceMs: Estimate
  /** Of no difference at all, by permutation of runs, after Holm; `null` with too few runs. */
  readonly pValue: number | null
  /** Cliff's delta, -1 to 1: positive when b is slower. */
  readonly effect: number
  readonly verdict: Verdict
}
