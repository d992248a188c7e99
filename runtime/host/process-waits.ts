import { US_PER_MS } from '../kernel/units.ts'
import { linuxFactsOf } from './process-identity.ts'
import { afterPoll, systemClock } from './system-clock.ts'

/**
 * Resolves when processes that have been sent SIGSTOP have really stopped. The signal is only a
 * request: a thread that runs on another CPU stops when it next enters the kernel.
 */
export const whenStopped = (pids: readonly number[]): Promise<void> => whenIn('TtZX', pids)

/** Resolves when processes that have been sent SIGKILL have really ended. */
export const whenEnded = (pids: readonly number[]): Promise<void> => whenIn('ZX', pids)

/** A signal takes microseconds; one that does not is waited for without taking a CPU for it. */
const QUICK_LOOKS = 20
/** A process in the kernel (state D) cannot be hurried: do not wait longer, about 1 s. */
const MAX_LOOKS = 1_000

/**
 * @param states letters of proc_pid_stat(5); one that is gone is in all of them. Where the system
 *   does not show the state, resolves at once.
 */
async function whenIn(states: string, pids: readonly number[]): Promise<void> {
  let waiting = pids
  for (let look = 0; look < MAX_LOOKS; look += 1) {
    waiting = waiting.filter((pid) => {
      const state = linuxFactsOf(pid)?.state
      return state !== undefined && !states.includes(state)
    })
    if (waiting.length === 0) return
    await new Promise<void>((resolve) => {
      if (look < QUICK_LOOKS) afterPoll(resolve)
      else systemClock.setTimer(systemClock.nowUs() + US_PER_MS, resolve)
    })
  }
}
