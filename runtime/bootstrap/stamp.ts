/** CLOCK_MONOTONIC in whole microseconds: the same clock as the controller's. */
export const nowUs = (): number => Number(process.hrtime.bigint() / 1_000n)
