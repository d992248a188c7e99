import { mkdirSync, readdirSync, realpathSync, statSync, symlinkSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'

export interface Trees {
  /** Top of the tree that has packages. */
  readonly from: string
  /** Top of the same tree checked out elsewhere, which has none. */
  readonly to: string
}

/**
 * A worktree has what is committed, and packages are not. Those of this tree are lent to it, from the
 * folder of a function's code up; what that reference was built with may differ, which only its own
 * `npm ci` could tell. Every package is a link, as in a workspace: so they are seen inside a sandbox too.
 *
 * @param folder of the code, in the tree that has no packages.
 */
export function lendPackages(folder: string, { from, to }: Trees): void {
  const place = relative(to, folder)
  lendFolder(join(from, place, 'node_modules'), join(folder, 'node_modules'))
  if (place !== '') lendPackages(dirname(folder), { from, to })
}

function lendFolder(packages: string, place: string): void {
  // Its own are there, or were lent for another function.
  if (!isFolder(packages) || isFolder(place)) return
  mkdirSync(place)
  for (const name of readdirSync(packages).filter((each) => !each.startsWith('.'))) {
    const [path, link] = [join(packages, name), join(place, name)]
    if (name.startsWith('@')) lendFolder(path, link)
    else symlinkSync(realpathSync(path), link)
  }
}

const isFolder = (path: string): boolean =>
  statSync(path, { throwIfNoEntry: false })?.isDirectory() === true
