import { basename, join } from 'node:path'
import { groupsIn, removeTree } from './control-group-files.ts'
import { controlGroupMounts } from './control-group-layout.ts'
import { CONTROL_GROUP_PREFIX } from './control-groups.ts'

/** Groups are not nested deeper than this in practice; it bounds the search. */
const MAX_DEPTH = 12

/**
 * Removes what killed controllers have left, and kills what still runs there. A controller that is
 * gone may have been anywhere (another session, another service), so every group is looked through.
 *
 * @param isDead tells by the name it had given to `openControlGroups` whether a controller is gone. Must
 *   say no for what it cannot judge, such as a controller in a container.
 */
export async function reapControlGroups(isDead: (name: string) => boolean): Promise<void> {
  const bases = controlGroupMounts().flatMap(({ mountPath }) => basesIn(mountPath, MAX_DEPTH))
  await Promise.all(bases.filter((path) => isDead(basename(path))).map(removeTree))
}

function basesIn(directory: string, depth: number): string[] {
  if (depth === 0) return []
  return groupsIn(directory).flatMap((name) => {
    const path = join(directory, name)
    return name.startsWith(CONTROL_GROUP_PREFIX) ? [path] : basesIn(path, depth - 1)
  })
}
