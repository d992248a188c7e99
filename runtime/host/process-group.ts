/**
 * Signals every process of a group; false when there is none left. A pid that still names a group is
 * not given to a new process, so this cannot hit a stranger while any member lives.
 */
export function signalGroup(groupId: number, signal: NodeJS.Signals): boolean {
  try {
    process.kill(-groupId, signal)
    return true
  } catch (error) {
    // ESRCH: nobody there. EPERM (macOS): only ended processes that were not yet waited for.
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ESRCH' || code === 'EPERM') return false
    throw error
  }
}
