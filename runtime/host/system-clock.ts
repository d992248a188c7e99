import type { Clock } from '../kernel/clock.ts'
import { US_PER_MS } from '../kernel/units.ts'
import { TimerHeap } from './timer-heap.ts'

/** The longest delay that Node's timers take, milliseconds; beyond it they fire at once. */
const MAX_DELAY_MS = 2_147_483_647

/**
 * The machine's clocks. The only place besides the bootstrap where real time is read.
 *
 * Node's own timers do not promise enough: they may fire up to a millisecond early by the monotonic
 * clock, and two of one deadline may fire in either order. So one of them, set to the earliest
 * deadline, drives a heap. While a timer is set the process stays alive.
 */
export const systemClock: Clock = {
  nowUs: () => Number(process.hrtime.bigint() / 1_000n),
  wallMs: () => Date.now(),
  setTimer: (atUs, callback) => {
    const timer = timers.add(atUs, callback)
    arm()
    return {
      cancel: () => {
        timer.cancel()
        if (timers.nextUs === undefined) disarm()
      },
    }
  },
}

/**
 * Calls back once everything that has already arrived at this process was read: after the present
 * round of the event loop's poll.
 */
export const afterPoll = (callback: () => void): void => void setImmediate(callback)

const timers = new TimerHeap()
let armed: { readonly atUs: number; readonly timeout: NodeJS.Timeout } | undefined

/** An alarm that is too early does no harm, so none is put off when the first timer is cancelled. */
function arm(): void {
  const atUs = timers.nextUs
  if (atUs === undefined || (armed !== undefined && armed.atUs <= atUs)) return
  disarm()
  const leftMs = Math.ceil((atUs - systemClock.nowUs()) / US_PER_MS)
  const timeout = setTimeout(ring, Math.min(Math.max(leftMs, 0), MAX_DELAY_MS))
  armed = { atUs, timeout }
}

function disarm(): void {
  clearTimeout(armed?.timeout)
  armed = undefined
}

/** A timer that is set by one that fires waits for the next round, even if it is due at once. */
function ring(): void {
  armed = undefined
  const nowUs = systemClock.nowUs()
  const beforeSequence = timers.nextSequence
  try {
    for (;;) {
      const callback = timers.take(nowUs, beforeSequence)
      if (callback === undefined) return
      callback()
    }
  } finally {
    // Also when one has thrown: the others are still due.
    arm()
  }
}
