import type { Clock, TimerHandle } from '../../kernel/clock.ts'

/** Something that is looked at again and again until it is stopped. */
export interface Watch {
  /** Ends it at once. Doing it twice is harmless. */
  stop(): void
}

/**
 * Calls `look` in `firstUs` microseconds, and then whenever it asks for: it returns how long to wait,
 * `undefined` when it has seen enough. Never at once: the start of an invocation does not wait for it.
 */
export function watch(clock: Clock, firstUs: number, look: () => number | undefined): Watch {
  let timer: TimerHandle | undefined
  let isStopped = false
  const arm = (delayUs: number): void => {
    timer = clock.setTimer(clock.nowUs() + delayUs, () => {
      const nextUs = look()
      // What it has found may have made somebody stop it.
      if (nextUs !== undefined && !isStopped) arm(nextUs)
    })
  }
  arm(firstUs)
  return {
    stop: () => {
      isStopped = true
      timer?.cancel()
    },
  }
}
