import { UsageError } from '../../exit-codes.ts'
import type { LoadOptions } from './load-options.ts'
import { readTrace, traceLengthMs } from './trace-file.ts'
import type { Rate, Workload } from './workload.ts'

const DEFAULT_PER_SECOND = 10
const DEFAULT_DURATION_MS = 10_000

/**
 * The workload that the command line asks for.
 *
 * @throws UsageError for a trace that cannot be read, and a burst that would never come.
 */
export function workloadOf(options: LoadOptions): Workload {
  const { concurrency, arrivals, burst } = options
  const rate = rateOf(options)
  const usualMs = rate.kind === 'trace' ? traceLengthMs(rate.trace) : DEFAULT_DURATION_MS
  const durationMs = options.duration ?? usualMs
  if (concurrency !== undefined) return { loop: 'closed', durationMs, concurrency }
  if (burst !== undefined && burst.everyMs >= durationMs) {
    throw new UsageError(`--burst: the first would come when the ${durationMs / 1_000} s are over`)
  }
  return { loop: 'open', durationMs, rate, spacing: arrivals === 'poisson' ? 'poisson' : 'even' }
}

function rateOf({ rate, ramp, steps, burst, trace }: LoadOptions): Rate {
  if (trace !== undefined) return { kind: 'trace', trace: readTrace(trace) }
  const perSecond = rate ?? DEFAULT_PER_SECOND
  if (burst !== undefined) return { kind: 'burst', perSecond, ...burst }
  return ramp ?? steps ?? { kind: 'constant', perSecond }
}
