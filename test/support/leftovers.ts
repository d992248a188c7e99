import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

/** What others keep in the temporary folder, for as long as they like. */
const CACHES_OF_OTHERS = /^(tsx-\d+|node-compile-cache|node-jiti|v8-compile-cache.*)$/

const LOOK_AGAIN_MS = 50

/**
 * What a run has left: processes that name its folder in their environment, command line or working
 * folder, and anything in it but caches. One line each; none when all is clean.
 *
 * @param graceMs how long to wait for what is just ending.
 */
export async function leftoversOf(folder: string, graceMs: number): Promise<string[]> {
  for (let waitedMs = 0; ; waitedMs += LOOK_AGAIN_MS) {
    const found = [...processesIn(folder).map(({ text }) => text), ...entriesLeftIn(folder)]
    if (found.length === 0 || waitedMs >= graceMs) return found
    await delay(LOOK_AGAIN_MS)
  }
}

/**
 * Ends what is left, after it was told of, so that one leak does not disturb the next run. Only what
 * has inherited the folder: somebody may be looking into it.
 */
export function endLeftoverProcesses(folder: string): void {
  for (const { pid, hasInherited } of processesIn(folder)) {
    if (!hasInherited) continue
    try {
      process.kill(pid, 'SIGKILL')
    } catch {
      // It has ended by itself.
    }
  }
}

interface ProcessLeft {
  readonly pid: number
  /** The folder is in its environment. */
  readonly hasInherited: boolean
  readonly text: string
}

/** Linux only: elsewhere none is ever found. The runner's own workers do not count. */
function processesIn(folder: string): ProcessLeft[] {
  return entriesOf('/proc').flatMap((name) => {
    const pid = Number(name)
    if (!Number.isInteger(pid) || pid === process.pid) return []
    const hasInherited = contentOf(`/proc/${pid}/environ`).includes(folder)
    const command = contentOf(`/proc/${pid}/cmdline`).toString('utf8').replaceAll('\0', ' ').trim()
    const isOurs = hasInherited || command.includes(folder) || folderOf(pid).startsWith(folder)
    if (!isOurs || isWorkerOfRunner(pid, command)) return []
    return [{ pid, hasInherited, text: `process ${pid}: ${command}` }]
  })
}

const isWorkerOfRunner = (pid: number, command: string): boolean =>
  /[/\\]vitest[/\\]dist[/\\]workers[/\\]|\(vitest \d+\)/.test(command) &&
  parentOf(pid) === process.pid

function parentOf(pid: number): number {
  const stat = contentOf(`/proc/${pid}/stat`).toString('latin1')
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])
}

/** `sandlot-<uid>` is the state folder of the emulators of the run: its cache stays, its controllers do not. */
function entriesLeftIn(folder: string): string[] {
  return entriesOf(folder)
    .filter((name) => !CACHES_OF_OTHERS.test(name))
    .flatMap((name) => (/^sandlot-\d+$/.test(name) ? controllersIn(join(folder, name)) : [name]))
    .map((name) => `${name} in the temporary folder`)
}

const controllersIn = (statePath: string): string[] => [
  ...entriesOf(statePath).filter((name) => name !== 'cache' && name !== 'controllers'),
  ...entriesOf(join(statePath, 'controllers')).map((name) => `controllers/${name}`),
]

function entriesOf(path: string): string[] {
  try {
    return readdirSync(path)
  } catch {
    return []
  }
}

/** Empty for a process of somebody else's, and for one that has ended. */
function contentOf(path: string): Buffer {
  try {
    return readFileSync(path)
  } catch {
    return Buffer.alloc(0)
  }
}

function folderOf(pid: number): string {
  try {
    return readlinkSync(`/proc/${pid}/cwd`)
  } catch {
    return ''
  }
}
