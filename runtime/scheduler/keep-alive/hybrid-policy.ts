import type { Keeping } from './keep-alive.ts'

/** A bin of the histogram of idle times: one minute. */
export const BIN_US = 60_000_000
/** The histogram covers 4 h; what is longer is counted only. */
export const BIN_COUNT = 240

/** These percentiles of the idle times bound the window in which a sandbox is there. */
export const HEAD_PERCENT = 5
export const TAIL_PERCENT = 99

/**
 * With few idle times the next one is often longer or shorter than all before: after three, every second
 * time. The paper asks for enough and names no number. After ten, one in eleven is longer than any before.
 */
const FEWEST_IDLE_TIMES = 10

/** What the histogram of a version comes to. */
export interface IdleTimes {
  /** Idle times of less than 4 h: those in the bins. */
  readonly inRange: number
  readonly outOfRange: number
  /** The sum of the squares of the counts in the bins. */
  readonly sumOfSquares: number
  /** The bins, from 0, in which the two percentiles of those in range lie. */
  readonly headBin: number
  readonly tailBin: number
}

/** Where little is known: kept for as long as the histogram reaches, so as to learn without cold starts. */
export const STANDARD_KEEPING: Keeping = Object.freeze({ keepUs: BIN_COUNT * BIN_US })

/**
 * Whether a version's idle times follow a pattern: enough are known, most of them are in range, and
 * their counts differ from bin to bin, by a coefficient of variation of more than 2 (all in one bin:
 * 15.5; as many in each: 0). Shahrad et al., "Serverless in the Wild", USENIX ATC 2020.
 *
 * The variance is that of the bins themselves, not an estimate from a sample of bins. In whole numbers,
 * for no rounding to decide: CV² = 240 Σc² / n² − 1.
 */
export function isRepresentative({ inRange, outOfRange, sumOfSquares }: IdleTimes): boolean {
  if (inRange < FEWEST_IDLE_TIMES || outOfRange >= inRange) return false
  return BIN_COUNT * sumOfSquares > (1 + CV * CV) * inRange * inRange
}

const CV = 2

/**
 * What becomes of a sandbox whose version's idle times follow a pattern: the next invocation is expected
 * between head and tail. The head is rounded down to a whole minute and the tail up; the sandbox is
 * there 10 % earlier and stays 10 % longer. One that may be needed within the first minute stays.
 */
export function windowOf({ headBin, tailBin }: Pick<IdleTimes, 'headBin' | 'tailBin'>): Keeping {
  const untilUs = ((tailBin + 1) * BIN_US * (100 + MARGIN_PERCENT)) / 100
  if (headBin === 0) return Object.freeze({ keepUs: untilUs })
  const afterUs = (headBin * BIN_US * (100 - MARGIN_PERCENT)) / 100
  return Object.freeze({
    keepUs: 0,
    prewarm: Object.freeze({ afterUs, keepUs: untilUs - afterUs }),
  })
}

const MARGIN_PERCENT = 10
