import type {
  Arrival,
  LatencyModel,
  SimulatedWorkload,
} from '../../../../runtime/simulation/workload.ts'

/** Figures that are told from any others: 200 ms of start, 150 of it init; 9 ms, then 7. */
export const PROFILE: LatencyModel = {
  coldStart: () => ({ totalUs: 200_000, initUs: 150_000 }),
  firstRunUs: () => 9_000,
  runUs: () => 7_000,
  overheadUs: () => 300,
}

export const arrivalsOf = ({ arrivals }: SimulatedWorkload): Arrival[] => [...arrivals()]

/** How many came within each stretch of so many microseconds, of one function or of all. */
export function countsOf(arrivals: readonly Arrival[], stretchUs: number, fn?: number): number[] {
  const counts: number[] = []
  for (const arrival of arrivals) {
    if (fn !== undefined && arrival.fn !== fn) continue
    const stretch = Math.floor(arrival.atUs / stretchUs)
    counts[stretch] = (counts[stretch] ?? 0) + 1
  }
  return Array.from(counts, (count) => count ?? 0)
}

/** In order, whole, and none after the end. */
export function isOrderly(
  { durationUs }: SimulatedWorkload,
  arrivals: readonly Arrival[],
): boolean {
  return arrivals.every(
    ({ atUs }, index) =>
      Number.isInteger(atUs) && atUs >= (arrivals[index - 1]?.atUs ?? 0) && atUs <= durationUs,
  )
}
