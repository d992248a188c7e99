import { quantile } from './quantiles.ts'

/** Calls whose median stands for a moment of the warm-up. */
const WARM_UP_WINDOW = 5
/** Windows that have to agree with the one before them. */
const AGREEING = 2
/** Medians this close are the same, as a share of the smaller. */
const TOLERANCE = 0.05
/** Whatever still moves after so many calls is not the warm-up. */
export const MOST_WARM_UP_CALLS = 200

/** `settled`: from here on calls are warm; `given up`: they have not settled, and are measured so. */
export type WarmUpState = 'warming up' | 'settled' | 'given up'

/**
 * Whether a sandbox is warm after calls that took so long: code that is called often is compiled
 * while it is called, so the first calls are slower.
 *
 * The calls are cut into windows of five. They have settled when the last two windows agree with
 * the one before them: their medians lie within 5 % of its own, or between its quartiles (five
 * calls say no more than that). So 15 calls are the least; after 200 it is given up.
 */
export function warmUpState(durationsMs: readonly number[]): WarmUpState {
  const needed = WARM_UP_WINDOW * (1 + AGREEING)
  if (durationsMs.length >= needed && durationsMs.length % WARM_UP_WINDOW === 0) {
    const [first, ...others] = windowsOf(durationsMs.slice(-needed))
    if (first !== undefined && others.every((other) => isLike(first, other))) return 'settled'
  }
  return durationsMs.length < MOST_WARM_UP_CALLS ? 'warming up' : 'given up'
}

/** The calls after these count: they have settled, or never will. */
export const isWarmedUp = (durationsMs: readonly number[]): boolean =>
  warmUpState(durationsMs) !== 'warming up'

interface Window {
  readonly lower: number
  readonly median: number
  readonly upper: number
}

function windowsOf(durationsMs: readonly number[]): Window[] {
  return Array.from({ length: durationsMs.length / WARM_UP_WINDOW }, (_, index) => {
    const calls = durationsMs.slice(index * WARM_UP_WINDOW, (index + 1) * WARM_UP_WINDOW)
    const at = (q: number): number => quantile(calls, q) as number
    return { lower: at(0.25), median: at(0.5), upper: at(0.75) }
  })
}

function isLike(first: Window, { median }: Window): boolean {
  const isClose = Math.abs(first.median - median) <= TOLERANCE * Math.min(first.median, median)
  return isClose || (median >= first.lower && median <= first.upper)
}
