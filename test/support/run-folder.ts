import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { endLeftoverProcesses } from './leftovers.ts'

const PREFIX = 'sandlot-run-'

/**
 * Gives the whole run a temporary folder of its own, through `TMPDIR`, which every process of the run
 * inherits: so at the end it is plain what the run has left behind. Caches in it are shared by all tests.
 */
export default function useRunFolder(): () => void {
  const before = process.env.TMPDIR
  const path = mkdtempSync(join(tmpdir(), PREFIX))
  process.env.TMPDIR = path
  return () => {
    endLeftoverProcesses(path)
    rmSync(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 })
    if (before === undefined) delete process.env.TMPDIR
    else process.env.TMPDIR = before
  }
}

/** The folder of the run that is under way; `undefined` when it has none. */
export const currentRunFolder = (): string | undefined =>
  basename(tmpdir()).startsWith(PREFIX) ? tmpdir() : undefined
