import { signalGroup } from './process-group.ts'
import type { RunDir } from './run-dir.ts'
import { killMarked } from './stray-processes.ts'
import { startWatchdog, type Watchdog } from './watchdog.ts'

/** The process groups that run in sandboxes, so that none outlives the controller. */
export interface LiveGroups {
  add(groupId: number): void
  remove(groupId: number): void
  close(): Promise<void>
}

/**
 * Three nets, one below the other: groups are killed when the controller exits; the watchdog kills
 * them when it was killed; the next controller reaps what both have missed, from the records.
 *
 * @param controlGroupPaths this controller's own control groups, for the watchdog to remove.
 */
export function liveGroups(runDir: RunDir, controlGroupPaths: readonly string[]): LiveGroups {
  const groups = new Set<number>()
  let watchdog: Watchdog | undefined
  const killAll = (): void => {
    for (const groupId of groups) signalGroup(groupId, 'SIGKILL')
    if (groups.size > 0) killMarked(runDir.path)
    runDir.remove()
  }
  const watch = (): Watchdog => {
    process.once('exit', killAll)
    return startWatchdog(runDir.path, controlGroupPaths)
  }
  // Control groups are there already, and need somebody to remove them.
  if (controlGroupPaths.length > 0) watchdog = watch()
  return {
    add: (groupId) => {
      watchdog ??= watch()
      groups.add(groupId)
      watchdog.add(groupId)
    },
    remove: (groupId) => {
      groups.delete(groupId)
      watchdog?.remove(groupId)
    },
    close: async () => {
      process.off('exit', killAll)
      await watchdog?.dismiss()
    },
  }
}
