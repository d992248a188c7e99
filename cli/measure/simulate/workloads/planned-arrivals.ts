import { seededRandom } from '../../../../runtime/kernel/random.ts'
import { countInstants, plannedInstants } from '../../load/arrivals.ts'
import { RateCurve } from '../../load/rate-curve.ts'
import type { OpenWorkload } from '../../load/workload.ts'

/** Counting more would take longer than a person likes to wait before anything is to be seen. */
const MOST_COUNTED = 5_000_000

/** How many arrivals there will be; `undefined` where only going through very many could tell. */
export function plannedArrivals(workload: OpenWorkload, seed: number): number | undefined {
  if (expectedArrivals(workload) > MOST_COUNTED) return undefined
  return countInstants(plannedInstants(workload, seededRandom(seed)))
}

function expectedArrivals({ rate, durationMs }: OpenWorkload): number {
  if (rate.kind !== 'trace') {
    const inBursts = rate.kind === 'burst' ? (durationMs / rate.everyMs) * rate.size : 0
    return new RateCurve(rate, durationMs).total + inBursts
  }
  const { trace } = rate
  if (trace.kind === 'instants') return trace.instantsMs.length
  return trace.counts.reduce((sum, count) => sum + count, 0)
}
