import { chmodSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { execa, execaSync } from 'execa'
import { UsageError } from '../../exit-codes.ts'

/** A git reference, checked out in a folder of its own. */
export interface Worktree {
  readonly folder: string
  /** Top folder of the repository that it is a worktree of. */
  readonly repository: string
  /** Safe to call twice. Is called in any case when this process ends. */
  remove(): void
}

/**
 * Checks a reference of the repository of this folder out, in the system's temporary directory and
 * without touching what lies here.
 *
 * @throws UsageError when there is no git, no repository here or no such reference.
 */
export async function addWorktree(reference: string): Promise<Worktree> {
  const option = `--against ${reference}`
  const repository = await git('.', ['rev-parse', '--show-toplevel'])
  if (repository === undefined || repository === '') {
    throw new UsageError(
      `${option}: there is no such folder, and this one is not in a git repository`,
    )
  }
  const commit = await git(repository, [
    'rev-parse',
    '--verify',
    '--quiet',
    `${reference}^{commit}`,
  ])
  if (commit === undefined) {
    throw new UsageError(
      `${option}: there is no such folder, and no such reference in ${repository}`,
      'Name a branch, a tag, a commit such as HEAD~1, or a folder with the other build.',
    )
  }
  // Only then: it could also make git forget one that another process is just adding.
  if (removeAbandoned() > 0) await git(repository, ['worktree', 'prune'])
  const own = mkdtempSync(join(tmpdir(), `${PREFIX}${process.pid}-`))
  // As root, sandboxes run as a user who has to read the code.
  if (process.getuid?.() === 0) chmodSync(own, 0o755)
  // Git keeps its record of a worktree under the name of the folder.
  const folder = join(own, basename(own))
  const remove = removal(repository, own, folder)
  // What the repository does after a checkout of the user's is not for this one.
  const noHooks = ['-c', 'core.hooksPath=/dev/null']
  const add = ['worktree', 'add', '--detach', '--quiet', folder, commit]
  const added = await git(repository, [...noHooks, ...add])
  if (added === undefined) {
    remove()
    throw new UsageError(`${option}: git could not check it out into ${folder}`)
  }
  return { folder, repository, remove }
}

const PREFIX = 'sandlot-against-'

const DAY_MS = 86_400_000

/**
 * Folders whose process was killed: their names say which it was. Not those of today: it may live in
 * a container, out of sight. Returns how many there were.
 */
function removeAbandoned(): number {
  let removed = 0
  for (const name of readdirSync(tmpdir())) {
    const pid = new RegExp(`^${PREFIX}(\\d+)-`).exec(name)?.[1]
    if (pid === undefined || isAlive(Number(pid))) continue
    const path = join(tmpdir(), name)
    try {
      if (Date.now() - statSync(path).mtimeMs < DAY_MS) continue
      rmSync(path, { recursive: true, force: true })
      removed += 1
    } catch {
      // Somebody else's, or just removed.
    }
  }
  return removed
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

function removal(repository: string, own: string, folder: string): () => void {
  let isRemoved = false
  const remove = (): void => {
    process.off('exit', remove)
    if (isRemoved) return
    isRemoved = true
    const args = ['-C', repository, 'worktree', 'remove', '--force', folder]
    execaSync('git', args, { reject: false, stdio: 'ignore' })
    rmSync(own, { recursive: true, force: true })
  }
  // Also when a second Ctrl-C does not wait for what the first has begun.
  process.on('exit', remove)
  return remove
}

/** What it prints; `undefined` when it fails. */
async function git(folder: string, args: readonly string[]): Promise<string | undefined> {
  const { failed, stdout } = await execa('git', ['-C', folder, ...args], {
    reject: false,
    stdin: 'ignore',
    stderr: 'ignore',
    // Ctrl-C is not meant for it: a checkout that has begun is ended, and then removed.
    detached: true,
    cleanup: false,
  })
  return failed ? undefined : stdout
}
