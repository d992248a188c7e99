import type { Random } from '../../../../runtime/kernel/random.ts'

export interface Synthetic {
  readonly runs: number
  readonly samples: number
  /** Standard deviation of the logarithm: of the level of runs, and of samples within a run. */
  readonly between: number
  readonly within: number
  readonly medianMs: number
}

/** Log-normal latencies whose level is a little different in every run, as real ones are. */
export function syntheticRuns(
  { runs, samples, between, within, medianMs }: Synthetic,
  random: Random,
): number[][] {
  return Array.from({ length: runs }, () => {
    const levelMs = medianMs * Math.exp(between * standardNormal(random))
    return Array.from(
      { length: samples },
      () => levelMs * Math.exp(within * standardNormal(random)),
    )
  })
}

/** By Box and Muller. */
export const standardNormal = (random: Random): number =>
  Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next())
