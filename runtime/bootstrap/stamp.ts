/** CLOCK_MONOTONIC in whole microseconds: the same clock as the controller's. */
export const nowUs = (): number => Number(process.hrtime.bigint() / 1_000n)

/**
 * Wall clock in milliseconds, with the fraction that `Date.now()` cuts off. The first call takes
 * more than a millisecond, because Node loads `performance` on first use.
 */
export function wallMs(): number {
  const fineMs = originMs() + performance.now()
  const coarseMs = Date.now()
  // The clock was set, or the machine has slept, which `performance` does not notice.
  if (Math.abs(fineMs - coarseMs) > DRIFT_MS) correctionMs += coarseMs - fineMs
  return originMs() + performance.now()
}

/** `Date.now()` by itself is up to 1 ms behind. */
const DRIFT_MS = 2
let correctionMs = 0
const originMs = (): number => performance.timeOrigin + correctionMs
