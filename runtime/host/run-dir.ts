import { mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { SandlotError } from '../kernel/errors.ts'
import type { SandboxId } from '../kernel/ids.ts'
import { invariant } from '../kernel/invariant.ts'
import { reapOrphans } from './orphan-reaper.ts'
import { startTimeOf } from './process-identity.ts'

/**
 * Where a controller keeps what it makes:
 *
 *     <state>/cache/                                     prepared code, shared by all controllers
 *     <state>/controllers/<pid>-<start time>/            this controller's own; gone when it is
 *         sandboxes/<id>/tmp/                            a sandbox's /tmp
 *         sandboxes/<id>/runtime                         pid and start time of its process
 */
export interface RunDir {
  readonly path: string
  readonly cachePath: string
  /** Leftovers of controllers that were killed, found and removed at opening. */
  readonly reaped: { readonly controllers: number; readonly processes: number }
  /** Makes the sandbox's directory; returns the path of its /tmp. */
  createSandbox(id: SandboxId): string
  /** Remembers the process that now runs in the sandbox, for whoever must clean up after a crash. */
  recordRuntime(id: SandboxId, pid: number): void
  removeSandbox(id: SandboxId): void
  remove(): void
}

/**
 * Opens the state folder and reaps what killed controllers left in it.
 *
 * @param statePath default: `sandlot-<user id>` in the system's temporary directory.
 * @throws SandlotError `InvalidParameterValue` when the folder belongs to somebody else or cannot be made.
 */
export function openRunDir(statePath: string = defaultStatePath()): RunDir {
  const controllersPath = join(statePath, 'controllers')
  const cachePath = join(statePath, 'cache')
  makeOwn(statePath)
  const reaped = reapOrphans(controllersPath)
  const startTime = startTimeOf(process.pid)
  invariant(startTime !== undefined, 'the controller has no start time')
  const path = join(controllersPath, runDirName(process.pid, startTime))
  const sandboxesPath = join(path, 'sandboxes')
  mkdirSync(sandboxesPath, { recursive: true, mode: 0o700 })
  mkdirSync(cachePath, { recursive: true, mode: 0o700 })
  const sandboxPath = (id: SandboxId): string => join(sandboxesPath, id)
  return {
    path,
    cachePath,
    reaped,
    createSandbox: (id) => {
      const tmpPath = join(sandboxPath(id), 'tmp')
      mkdirSync(tmpPath, { recursive: true, mode: 0o700 })
      return tmpPath
    },
    recordRuntime: (id, pid) => {
      const started = startTimeOf(pid)
      if (started !== undefined)
        writeFileSync(join(sandboxPath(id), 'runtime'), `${pid} ${started}`)
    },
    removeSandbox: (id) => removeTree(sandboxPath(id)),
    remove: () => removeTree(path),
  }
}

/** A process may have several controllers: each has a folder of its own. */
let opened = 0

function runDirName(pid: number, startTime: string): string {
  opened += 1
  return `${pid}-${startTime.replaceAll(/[^0-9A-Za-z]/g, '_')}-${opened}`
}

const defaultStatePath = (): string => join(tmpdir(), `sandlot-${userInfo().uid}`)

/** Others must be able neither to read a sandbox's /tmp nor to plant code in the cache. */
function makeOwn(statePath: string): void {
  try {
    mkdirSync(statePath, { recursive: true, mode: 0o700 })
  } catch (error) {
    throw new SandlotError(
      'InvalidParameterValue',
      `State folder ${statePath} cannot be made: ${(error as Error).message}`,
      { cause: error },
    )
  }
  const { uid } = userInfo()
  if (uid >= 0 && statSync(statePath).uid !== uid) {
    throw new SandlotError(
      'InvalidParameterValue',
      `State folder ${statePath} belongs to another user`,
      { hint: 'Name a folder of your own.' },
    )
  }
}

/** Retries: a process that was just killed may still have been writing. */
function removeTree(path: string): void {
  rmSync(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 20 })
}
