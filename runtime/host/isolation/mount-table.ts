import { existsSync, readFileSync } from 'node:fs'
import { isWithin } from './root-tree-policy.ts'

/** What is mounted on this machine, as this process sees it. */
export interface MountTable {
  /**
   * What the mount that holds a path does not allow. A user namespace may not lift it, so whoever
   * binds the path has to say it again.
   */
  flagsAt(path: string): readonly string[]
  /** Mounts in a folder, that of the folder itself not among them; those that hold others first. */
  inside(folder: string): readonly MountPoint[]
}

export interface MountPoint {
  readonly path: string
  readonly flags: readonly string[]
}

/** Access times are kept as they are by whoever binds. Source: mount(2), "Remounting an existing mount". */
const RESTRICTIONS = ['ro', 'nosuid', 'nodev', 'noexec']

export const readMountTable = (): MountTable =>
  mountTableOf(readFileSync('/proc/self/mountinfo', 'utf8'))

/**
 * @param text as in /proc/self/mountinfo. Source: proc_pid_mountinfo(5).
 * @param isThere whether a mount can still be reached: another one may cover it.
 */
export function mountTableOf(
  text: string,
  isThere: (path: string) => boolean = existsSync,
): MountTable {
  const mounts = new Map<string, MountPoint>()
  for (const line of text.split('\n')) {
    const [, , , , point, options] = line.split(' ')
    if (point === undefined || options === undefined) continue
    const path = unescaped(point)
    // Of two at one place the later one is on top.
    const flags = options.split(',').filter((option) => RESTRICTIONS.includes(option))
    mounts.set(path, { path, flags })
  }
  const byPath = [...mounts.values()].sort((a, b) => (a.path < b.path ? -1 : 1))
  return {
    flagsAt: (path) => byPath.findLast((mount) => isWithin(path, mount.path))?.flags ?? [],
    inside: (folder) =>
      byPath.filter(({ path }) => path !== folder && isWithin(path, folder) && isThere(path)),
  }
}

const unescaped = (text: string): string =>
  text.replace(/\\([0-7]{3})/g, (_, octal: string) =>
    String.fromCharCode(Number.parseInt(octal, 8)),
  )
