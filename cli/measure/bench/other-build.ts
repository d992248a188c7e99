import { realpathSync, statSync } from 'node:fs'
import { isAbsolute, join, relative, resolve } from 'node:path'
import { UsageError } from '../../exit-codes.ts'
import { addWorktree } from './git-worktree.ts'
import { lendPackages } from './lend-packages.ts'

/** Another build of the same code, lying in a folder of its own. */
export interface OtherBuild {
  /** As the user named it. */
  readonly name: string
  /**
   * Does something as if the command ran in the folder of the other build that is to it what this
   * folder is to this one.
   */
  inside<Value>(act: () => Value): Value
  /** By what a target of this build is named in the other. @throws UsageError when it lies elsewhere. */
  targetThere(target: string): string
  /** Sees to the packages of code that lies in this folder of the other build. */
  prepare(folder: string): void
  remove(): void
}

/**
 * What `--against` means: a folder that has the same layout as this one, or else a git reference,
 * checked out for the while.
 *
 * @throws UsageError when it is neither.
 */
export async function otherBuild(name: string): Promise<OtherBuild> {
  const here = realpathSync('.')
  if (isFolder(name)) return buildIn({ name, here, root: here, there: realpathSync(name) })
  const worktree = await addWorktree(name)
  const [from, to] = [worktree.repository, worktree.folder].map((each) => realpathSync(each)) as [
    string,
    string,
  ]
  const place = relative(from, here)
  const there = join(to, place)
  if (!isFolder(there)) {
    worktree.remove()
    throw new UsageError(`--against ${name}: this folder, ${place}, is not in it`)
  }
  return {
    ...buildIn({ name, here, root: from, there }),
    prepare: (folder) => lendPackages(realpathSync(folder), { from, to }),
    remove: worktree.remove,
  }
}

interface Places {
  readonly name: string
  /** Where the command runs. */
  readonly here: string
  /** Top of this build. */
  readonly root: string
  /** The folder of the other build that corresponds to `here`. */
  readonly there: string
}

/** What a folder needs is in it already. */
const buildIn = ({ name, here, root, there }: Places): OtherBuild => ({
  name,
  inside: (act) => {
    process.chdir(there)
    try {
      return act()
    } finally {
      process.chdir(here)
    }
  },
  targetThere: (target) => {
    if (!isAbsolute(target) && !target.split('/').includes('..')) return target
    const path = resolve(target)
    if (relative(root, path).startsWith('..')) {
      throw new UsageError(`--against ${name}: ${target} lies outside of ${root}`)
    }
    return relative(here, path)
  },
  prepare: () => undefined,
  remove: () => undefined,
})

const isFolder = (path: string): boolean =>
  statSync(path, { throwIfNoEntry: false })?.isDirectory() === true
