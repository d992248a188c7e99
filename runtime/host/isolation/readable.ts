import { statSync } from 'node:fs'
import { dirname } from 'node:path'
import type { PreparedCode } from '../../functions/function-version.ts'

/** A file or folder that a user may not read, and its permissions. */
export interface Unreadable {
  readonly path: string
  /** Four octal digits. */
  readonly mode: string
}

/**
 * The first of some paths that a user cannot read, or enter where it is a folder. The folders that a
 * path lies in are not looked at: list them, too, where they matter.
 */
export function unreadableFor(
  uid: number,
  gid: number,
  paths: readonly string[],
): Unreadable | undefined {
  for (const path of paths) {
    const stat = statSync(path)
    const needed = stat.isDirectory() ? READ | ENTER : READ
    const shift = stat.uid === uid ? 6 : stat.gid === gid ? 3 : 0
    if (((stat.mode >> shift) & needed) !== needed) {
      return { path, mode: (stat.mode & 0o7777).toString(8).padStart(4, '0') }
    }
  }
  return undefined
}

const READ = 4
const ENTER = 1

/** What a runtime reads first of a function's code: its folder, and the way from there to the module. */
export function pathsToRead({ rootDir, modulePath, bundlePath }: PreparedCode): string[] {
  const start = bundlePath ?? rootDir
  const way: string[] = []
  for (let path = modulePath; path !== start && path !== dirname(path); path = dirname(path)) {
    way.unshift(path)
  }
  return [...new Set([rootDir, start, ...way])]
}
