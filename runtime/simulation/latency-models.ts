import { SandlotError } from '../kernel/errors.ts'
import { msToUs } from '../kernel/units.ts'
import { between, constantDraw, empiricalDraw, quantileDraw } from './draws.ts'
import type { PublishedLatency } from './published-latencies.ts'
import type { LatencyModel } from './workload.ts'

export interface FixedLatency {
  /** From the begin of a start to the loaded handler. */
  readonly coldStartUs: number
  /** Of it, the init that is billed. Default: all of it. */
  readonly initUs?: number
  /** Default: as every other run. */
  readonly firstRunUs?: number
  readonly runUs: number
  /** Default: 0. */
  readonly overheadUs?: number
}

/** The same each time. */
export function fixedModel(fixed: FixedLatency): LatencyModel {
  const { coldStartUs, runUs } = fixed
  const start = { totalUs: coldStartUs, initUs: fixed.initUs ?? coldStartUs }
  return {
    coldStart: () => start,
    firstRunUs: constantDraw(fixed.firstRunUs ?? runUs),
    runUs: constantDraw(runUs),
    overheadUs: constantDraw(fixed.overheadUs ?? 0),
  }
}

/** Microseconds, of at least one each; in any order. */
export interface MeasuredLatency {
  /** Both of the same start, as the slower starts tend to have the slower inits. */
  readonly coldStarts: readonly { readonly totalUs: number; readonly initUs: number }[]
  readonly firstRunsUs: readonly number[]
  readonly runsUs: readonly number[]
  readonly overheadsUs: readonly number[]
}

/**
 * As it was measured: each value is drawn between two neighbours of the samples, and none beyond them.
 *
 * @throws SandlotError `InvalidParameterValue` where there are no samples of something.
 */
export function empiricalModel(measured: MeasuredLatency): LatencyModel {
  const starts = [...measured.coldStarts].sort((a, b) => a.totalUs - b.totalUs)
  if (starts.length === 0)
    throw new SandlotError('InvalidParameterValue', 'no sample of cold starts')
  const totals = Float64Array.from(starts, ({ totalUs }) => totalUs)
  const inits = Float64Array.from(starts, ({ initUs }) => initUs)
  return {
    coldStart: (random) => {
      const place = random.next() * (starts.length - 1)
      return { totalUs: between(totals, place), initUs: between(inits, place) }
    },
    firstRunUs: empiricalDraw(measured.firstRunsUs, 'first runs'),
    runUs: empiricalDraw(measured.runsUs, 'runs'),
    overheadUs: empiricalDraw(measured.overheadsUs, 'overheads'),
  }
}

export interface QuantileModelOptions {
  readonly memoryMb: number
  /** How long the handler runs when it is warm. Default: as the one that was published, which does nothing. */
  readonly runUs?: number
  /** What a cold start takes beyond its init, which was not published: placing it, loading its code. Default: 0. */
  readonly beyondInitUs?: number
  /** Default: 0. */
  readonly overheadUs?: number
}

/**
 * As it was published: init drawn through its quantiles, which do not depend on the memory size; the
 * first run longer than the others by what was seen of a handler that does nothing.
 */
export function quantileModel(
  published: PublishedLatency,
  options: QuantileModelOptions,
): LatencyModel {
  const { memoryMb, runUs = EMPTY_RUN_US, beyondInitUs = 0, overheadUs = 0 } = options
  const drawInitMs = quantileDraw(published.initMs, `the init of ${published.runtime}`)
  const extraUs = Math.max(0, msToUs(firstCallMs(published, memoryMb)) - EMPTY_RUN_US)
  return {
    coldStart: (random) => {
      const initUs = drawInitMs(random) * 1_000
      return { totalUs: initUs + beyondInitUs, initUs }
    },
    firstRunUs: constantDraw(runUs + extraUs),
    runUs: constantDraw(runUs),
    overheadUs: constantDraw(overheadUs),
  }
}

/** Duration of a handler that does nothing, when it is warm: 1 to 2 ms (lambda-perf). */
const EMPTY_RUN_US = 1_500

const SMALL_MB = 128
const LARGE_MB = 1_024

/**
 * CPU is in proportion to memory, so that part of the first call which is work shrinks with the
 * reciprocal of the memory size between the two sizes that were published, and not beyond them.
 */
function firstCallMs({ firstCallMs: seen }: PublishedLatency, memoryMb: number): number {
  if (seen === undefined) return 0
  const size = Math.min(LARGE_MB, Math.max(SMALL_MB, memoryMb))
  const share = (1 / size - 1 / LARGE_MB) / (1 / SMALL_MB - 1 / LARGE_MB)
  return seen.at1024Mb + share * (seen.at128Mb - seen.at1024Mb)
}
