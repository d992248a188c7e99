import { execFileSync } from 'node:child_process'

export interface GitState {
  /** Twelve digits. */
  readonly commit: string
  /** Files differ from the commit. */
  readonly isDirty: boolean
}

/** Of the repository that a folder lies in; `null`: none, or no git. */
export function gitState(folder: string): GitState | null {
  try {
    const commit = git(folder, ['rev-parse', '--short=12', 'HEAD'])
    // Paths are of no interest, and one is enough.
    const isDirty = git(folder, ['status', '--porcelain', '--untracked-files=no']) !== ''
    return { commit, isDirty }
  } catch {
    return null
  }
}

const git = (folder: string, args: readonly string[]): string =>
  execFileSync('git', ['-C', folder, ...args], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
    timeout: 5_000,
    // To look must not change anything, not even git's own index.
    env: { ...process.env, GIT_OPTIONAL_LOCKS: '0' },
  }).trim()
