/**
 * Time as a port. Two clocks, because they answer different questions:
 *
 * - `nowUs()` is monotonic: use it for every duration, deadline and stamp. Its origin is
 *   arbitrary, but it is the machine's (CLOCK_MONOTONIC), so stamps taken inside a sandbox
 *   and in the controller can be compared.
 * - `wallMs()` is the calendar: use it only for what a person or a protocol reads
 *   (log time, `Lambda-Runtime-Deadline-Ms`, log stream date). It may jump.
 */
export interface Clock {
  /** Monotonic time in whole microseconds. */
  nowUs(): number
  /** Wall time in milliseconds since the epoch. */
  wallMs(): number
  /**
   * Calls `callback` once, not before `nowUs()` has reached `atUs`; soon after, on a real clock.
   */
  setTimer(atUs: number, callback: () => void): TimerHandle
}

export interface TimerHandle {
  /** Cancels the timer. Doing it twice, or after it fired, is harmless. */
  cancel(): void
}
