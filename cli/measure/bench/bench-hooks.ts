import type { RunSamples } from './run-samples.ts'

/** How far it has come. */
export interface BenchProgress {
  /** Runs done, of all; with `untilCi` of as many as there may be. */
  readonly done: number
  readonly total: number
}

export interface BenchHooks {
  readonly onProgress: (progress: BenchProgress) => void
  /** Ends the run that is under way in order; the result has what was measured until then. */
  readonly signal?: AbortSignal | undefined
  /** Hears all samples of a run as it ends. */
  readonly onRun?: ((run: MeasuredRun) => void) | undefined
  /** Tell the hash of Node in the environment, which takes some tenths of a second. */
  readonly hashesNode?: boolean | undefined
}

export interface MeasuredRun {
  /** Place in `BenchResult.variants`. */
  readonly variant: number
  /** Block that it was part of, from 0. */
  readonly block: number
  readonly seen: RunSamples
}
