import type { ChildProcess } from 'node:child_process'
import type { Clock } from '../kernel/clock.ts'

/** How a process ended: exactly one of the two is set. */
export interface ProcessExit {
  readonly code: number | undefined
  readonly signal: string | undefined
}

/** What still holds a pipe open after all were killed is beyond reach: do not wait for it. */
const OUTPUT_GRACE_US = 500_000

/**
 * Resolves once a process is gone and all its output was read.
 *
 * @param onEnd called as soon as it is gone, to end what it has left.
 */
export function exitOf(
  subprocess: Pick<ChildProcess, 'once' | 'stdio'>,
  clock: Clock,
  onEnd: () => void = () => {},
): Promise<ProcessExit> {
  return new Promise((resolve) => {
    // The outcome is taken from this event, which does not wait for pipes that others hold open.
    subprocess.once('exit', (code, signal) => {
      onEnd()
      const destroyAll = (): void => {
        for (const stream of subprocess.stdio) stream?.destroy()
      }
      const timer = clock.setTimer(clock.nowUs() + OUTPUT_GRACE_US, destroyAll)
      subprocess.once('close', () => {
        timer.cancel()
        resolve({ code: code ?? undefined, signal: signal ?? undefined })
      })
    })
  })
}
