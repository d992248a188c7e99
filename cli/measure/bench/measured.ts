import type { SeriesName } from '../results/bench-result.ts'
import type { VariantToRun } from './bench-plan.ts'
import type { RunSamples } from './run-samples.ts'
import type { Sample } from './sample.ts'

/** All that was seen of one variant. */
export interface Measured {
  readonly variant: VariantToRun
  /** In the order of the blocks; also one that was interrupted. */
  readonly runs: RunSamples[]
}

export const samplesOf = ({ runs }: Measured, series: SeriesName): Sample[] =>
  runs.flatMap(({ samples }) => samples.filter((sample) => sample.series === series))

/** Milliseconds, by run: run i of every variant was part of block i, whether it has samples or not. */
export const seriesRuns = ({ runs }: Measured, series: SeriesName): number[][] =>
  runs.map(({ samples }) =>
    samples.flatMap((sample) => (sample.series === series ? [sample.totalMs] : [])),
  )
