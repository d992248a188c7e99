/** A sandbox that is needed again and again may stay awake for this many times the delay, at most. */
const MOST = 16

export interface FreezeSnapshot {
  /** How long an idle sandbox stays awake at first, microseconds. */
  readonly baseUs: number
  /** How long this one stayed awake before it was frozen. */
  readonly delayUs: number
  /** How long it was frozen when it was needed again. */
  readonly frozenForUs: number
}

/**
 * How long a sandbox that was thawed is to stay awake when it is idle the next time. To freeze and thaw
 * takes as long as several warm invocations. So one that is needed soon after it was frozen waits twice
 * as long from then on; otherwise a load that leaves each sandbox idle for just longer than the delay
 * would pay for both at every invocation, and so leave them idle for longer still.
 */
export function nextFreezeDelayUs({ baseUs, delayUs, frozenForUs }: FreezeSnapshot): number {
  const mostUs = MOST * baseUs
  return frozenForUs > mostUs ? baseUs : Math.min(2 * delayUs, mostUs)
}
