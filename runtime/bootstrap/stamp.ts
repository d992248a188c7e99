/** CLOCK_MONOTONIC in whole microseconds: the same clock as the controller's. */
export const nowUs = (): number => Number(process.hrtime.bigint() / 1_000n)

/** Wall clock in milliseconds, with the fraction that `Date.now()` cuts off. */
export const wallMs = (): number => performance.timeOrigin + performance.now()
