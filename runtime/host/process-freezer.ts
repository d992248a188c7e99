import { linuxFactsOf } from './process-identity.ts'
import { descendantsOf } from './process-tree.ts'

/** Looks at most this often: a process in the kernel (state D) stops when it comes back from there. */
const MAX_LOOKS = 200

/**
 * Resolves when a process and its descendants, which have been sent SIGSTOP, have really stopped.
 * The signal is only a request: a thread that runs on another CPU stops when it next enters the
 * kernel. Where the system does not show the state, resolves at once.
 */
export async function whenStopped(pid: number): Promise<void> {
  if (process.platform !== 'linux') return
  for (const member of [pid, ...descendantsOf(pid)]) await whenOneStopped(member)
}

async function whenOneStopped(pid: number): Promise<void> {
  for (let look = 0; look < MAX_LOOKS; look += 1) {
    const state = linuxFactsOf(pid)?.state
    // T stopped, t traced, Z and X ended.
    if (state === undefined || 'TtZX'.includes(state)) return
    await new Promise((resolve) => setImmediate(resolve))
  }
}
