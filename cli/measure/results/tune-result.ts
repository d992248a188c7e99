import type { Cost } from '../cost/cost.ts'
import type { Environment } from '../environment.ts'
import type { Estimate } from './figures.ts'

/** A sweep over memory sizes as `tune --json` writes it. */
export interface TuneResult {
  readonly schema: 'sandlot-tune'
  readonly schemaVersion: 1
  /** ISO 8601. */
  readonly startedAt: string
  readonly complete: boolean
  readonly seed: number
  readonly target: string
  readonly region: string
  readonly environment: Environment
  readonly warnings: readonly string[]
  /** By size, smallest first. */
  readonly sizes: readonly TunedSize[]
  readonly best: { readonly cheapest: number; readonly fastest: number; readonly knee: number }
  /** How it was measured. */
  readonly settings?: TuneSettings
  readonly recommended?: Recommendation
}

/** Of each size. */
export interface TuneSettings {
  readonly runs: number
  readonly coldPerRun: number
  readonly warmPerRun: number
}

/** The size that serves what was asked for best. */
export interface Recommendation {
  readonly strategy: 'cost' | 'speed' | 'balanced'
  /** What cost weighs against time where they are balanced: 0 to 1. */
  readonly costWeight: number
  readonly memorySizeMb: number
}

export interface TunedSize {
  readonly memorySizeMb: number
  /** Median of warm invocations, milliseconds. */
  readonly warmMs: Estimate
  /** Median of the billed duration, milliseconds. */
  readonly billedMs: number
  /** Mean of the same: what a bill adds up, and the costs are of. */
  readonly billedMeanMs?: number
  /** Median of cold starts, invoke to answer, milliseconds. */
  readonly coldMs: Estimate
  readonly maxMemoryUsedMb: number | null
  /** Of a million warm invocations. */
  readonly costPerMillion: { readonly x86_64: Cost; readonly arm64: Cost }
  readonly failures: Readonly<Record<string, number>>
}
