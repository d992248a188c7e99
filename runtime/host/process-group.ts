/**
 * Signals every process of a group; false when there is none left. A pid that still names a group is
 * not given to a new process, so this cannot hit a stranger while any member lives.
 */
export const signalGroup = (groupId: number, signal: NodeJS.Signals): boolean =>
  send(-groupId, signal)

/** Signals one process; false when it is gone. */
export const signalProcess = (pid: number, signal: NodeJS.Signals): boolean => send(pid, signal)

function send(target: number, signal: NodeJS.Signals): boolean {
  // 0, 1 and -1 would be our own group, init, and everybody.
  if (Math.abs(target) <= 1) return false
  try {
    process.kill(target, signal)
    return true
  } catch (error) {
    // ESRCH: nobody there. EPERM (macOS): only ended processes that were not yet waited for.
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ESRCH' || code === 'EPERM') return false
    throw error
  }
}
