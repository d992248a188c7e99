import { mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join, resolve } from 'node:path'
import { SandlotError } from '../kernel/errors.ts'
import { invariant } from '../kernel/invariant.ts'
import { controllerName, type Reaped, reapOrphans } from './orphan-reaper.ts'
import { startTimeOf } from './process-identity.ts'

/**
 * Where a controller keeps what it makes:
 *
 *     <state>/cache/                  prepared code, shared by all controllers
 *     <state>/controllers/<name>/     this controller's own; gone when it is
 *         sandboxes/<name>/tmp/       a sandbox's /tmp, unless it is mounted
 *         sandboxes/<name>/runtime    pid and start time of its process
 */
export interface RunDir {
  readonly path: string
  readonly cachePath: string
  /** Leftovers of controllers that were killed, found and removed at opening. */
  readonly reaped: Reaped
  /** @param name one that no other sandbox of this controller has. */
  createSandbox(name: string): SandboxDir
  remove(): void
}

/** A sandbox's own directory. */
export interface SandboxDir {
  readonly path: string
  /** Its /tmp. */
  readonly tmpPath: string
  /** Remembers the process that now runs in it, for whoever must clean up after a crash. */
  recordRuntime(pid: number): void
  emptyTmp(): void
  remove(): void
}

/**
 * Opens the state folder and reaps what killed controllers left in it.
 *
 * @param statePath default: `sandlot-<user id>` in the system's temporary directory.
 * @throws SandlotError `InvalidParameterValue` when the folder belongs to somebody else or cannot be made.
 */
export async function openRunDir(statePath: string = defaultStatePath()): Promise<RunDir> {
  const root = resolve(statePath)
  makeOwn(root)
  const controllersPath = join(root, 'controllers')
  const cachePath = join(root, 'cache')
  const reaped = await reapOrphans(controllersPath)
  const startTime = startTimeOf(process.pid)
  invariant(startTime !== undefined, 'the controller has no start time')
  opened += 1
  const path = join(controllersPath, controllerName(startTime, opened))
  const sandboxesPath = join(path, 'sandboxes')
  makeFolder(sandboxesPath)
  makeFolder(cachePath)
  return {
    path,
    cachePath,
    reaped,
    createSandbox: (name) => createSandboxDir(join(sandboxesPath, name)),
    remove: () => removeTree(path),
  }
}

/** A process may have several controllers: each has a folder of its own. */
let opened = 0

function createSandboxDir(path: string): SandboxDir {
  const tmpPath = join(path, 'tmp')
  makeFolder(tmpPath)
  return {
    path,
    tmpPath,
    recordRuntime: (pid) => {
      const started = startTimeOf(pid)
      if (started !== undefined) writeFileSync(join(path, 'runtime'), `${pid} ${started}`)
    },
    emptyTmp: () => {
      removeTree(tmpPath)
      makeFolder(tmpPath)
    },
    remove: () => removeTree(path),
  }
}

const defaultStatePath = (): string => join(tmpdir(), `sandlot-${userInfo().uid}`)

/** Others must be able neither to read a sandbox's /tmp nor to plant code in the cache. */
function makeOwn(statePath: string): void {
  try {
    makeFolder(statePath)
  } catch (error) {
    throw new SandlotError(
      'InvalidParameterValue',
      `State folder ${statePath} cannot be made: ${(error as Error).message}`,
      { cause: error },
    )
  }
  const { uid } = userInfo()
  const { uid: owner, mode } = statSync(statePath)
  if (uid >= 0 && owner !== uid) {
    throw new SandlotError(
      'InvalidParameterValue',
      `State folder ${statePath} belongs to another user`,
      { hint: 'Name a folder of your own.' },
    )
  }
  if (uid >= 0 && (mode & WRITABLE_BY_OTHERS) !== 0) {
    throw new SandlotError(
      'InvalidParameterValue',
      `State folder ${statePath} can be written by other users`,
      { hint: `Run 'chmod go-w ${statePath}', or name another folder.` },
    )
  }
}

const WRITABLE_BY_OTHERS = 0o022

const makeFolder = (path: string): unknown => mkdirSync(path, { recursive: true, mode: 0o700 })

/** Retries: a process that was just killed may still have been writing. */
function removeTree(path: string): void {
  rmSync(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 20 })
}
