import type { Random } from '../../../runtime/kernel/random.ts'
import { RateCurve } from './rate-curve.ts'
import type { Curve, OpenWorkload, Spacing, Trace } from './workload.ts'

/**
 * The instants at which requests are to be sent, in order, milliseconds from the start. The same
 * seed gives the same instants.
 */
export function* plannedInstants(
  { rate, spacing, durationMs }: OpenWorkload,
  random: Random,
): Generator<number> {
  if (rate.kind === 'trace') {
    for (const instantMs of traceInstants(rate.trace, spacing, random)) {
      if (instantMs < durationMs) yield instantMs
    }
    return
  }
  const spaced = spacedInstants(rate, spacing, durationMs, random)
  yield* rate.kind === 'burst' ? withBursts(spaced, rate, durationMs) : spaced
}

/** How many there are. */
export function countInstants(instants: Iterable<number>): number {
  let count = 0
  for (const _ of instants) count += 1
  return count
}

/**
 * The k-th request comes when the rate has added up to k; of a Poisson process, when it has added up
 * to k gaps, exponential ones of mean 1. So every course of a rate has both spacings.
 */
function* spacedInstants(
  curve: Curve,
  spacing: Spacing,
  durationMs: number,
  random: Random,
): Generator<number> {
  const rates = new RateCurve(curve, durationMs)
  const end = rates.total - SLACK
  const gap = spacing === 'even' ? () => 1 : () => -Math.log(1 - random.next())
  for (let sum = spacing === 'even' ? 0 : gap(); sum < end; sum += gap()) {
    yield rates.instantOf(sum)
  }
}

/** Where a rate adds up to a whole number, binary fractions must not add one more at the very end. */
const SLACK = 1e-6

function* withBursts(
  spaced: Iterable<number>,
  { size, everyMs }: Extract<Curve, { kind: 'burst' }>,
  durationMs: number,
): Generator<number> {
  let nextMs = everyMs
  const burstsUntil = function* (untilMs: number): Generator<number> {
    for (; nextMs <= untilMs && nextMs < durationMs; nextMs += everyMs) {
      for (let index = 0; index < size; index += 1) yield nextMs
    }
  }
  for (const instantMs of spaced) {
    yield* burstsUntil(instantMs)
    yield instantMs
  }
  yield* burstsUntil(durationMs)
}

function* traceInstants(trace: Trace, spacing: Spacing, random: Random): Generator<number> {
  if (trace.kind === 'instants') return yield* trace.instantsMs
  for (const [index, count] of trace.counts.entries()) {
    for (const place of placesOf(count, spacing, random)) yield (index + place) * trace.bucketMs
  }
}

/** Within a bucket, 0 to 1. Requests of a Poisson process of which the number is known lie anywhere. */
const placesOf = (count: number, spacing: Spacing, random: Random): Iterable<number> =>
  spacing === 'even'
    ? Array.from({ length: count }, (_, index) => index / count)
    : Float64Array.from({ length: count }, () => random.next()).sort()
