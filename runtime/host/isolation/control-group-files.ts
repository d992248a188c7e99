import { readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { SandlotError } from '../../kernel/errors.ts'
import { US_PER_MS } from '../../kernel/units.ts'
import { signalProcess } from '../process-group.ts'
import { afterPoll, systemClock } from '../system-clock.ts'

/**
 * Writes to a file of a control group. What is about nothing any more (the group was removed, the
 * process has ended) is not an error: there is nothing left to limit.
 *
 * @throws SandlotError `SandboxUnavailable` when the kernel refuses.
 */
export function writeControl(path: string, text: string): void {
  try {
    writeFileSync(path, text)
  } catch (error) {
    refuse(path, text, error)
  }
}

/** The same for what may make the kernel wait: for everybody who is just starting a process, say. */
export async function writeControlLater(path: string, text: string): Promise<void> {
  try {
    await writeFile(path, text)
  } catch (error) {
    refuse(path, text, error)
  }
}

function refuse(path: string, text: string, cause: unknown): void {
  if (isAboutNothing(cause)) return
  throw new SandlotError(
    'SandboxUnavailable',
    `The kernel does not take ${text} for ${path}: ${codeOf(cause)}`,
    { cause },
  )
}

/** Whether the kernel takes it. For files that say by that what can be had. */
export function canWrite(path: string, text: string): boolean {
  try {
    writeFileSync(path, text)
    return true
  } catch {
    return false
  }
}

/** `undefined` when it cannot be read, as when the group is gone. */
export function readControl(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}

/**
 * The sum of some of the lines `key 123` of a file such as `memory.stat`; `undefined` when it has none
 * of them, or cannot be read.
 */
export function sumIn(path: string, keys: readonly string[]): number | undefined {
  // Looked for, not split into lines: such files have dozens of them, and are read often.
  const text = `\n${readControl(path) ?? ''}`
  let sum: number | undefined
  for (const key of keys) {
    const start = text.indexOf(`\n${key} `)
    if (start !== -1) sum = (sum ?? 0) + Number.parseInt(text.slice(start + key.length + 2), 10)
  }
  return sum
}

/** A group stays occupied for some milliseconds after its last process has ended. */
const QUICK_LOOKS = 20
/** About a second, a millisecond each after the quick ones. */
const MAX_LOOKS = 1_000

/** Resolves to true when `isDone` says so, to false when it does not within about a second. */
export async function eventually(isDone: () => boolean): Promise<boolean> {
  for (let look = 0; look < MAX_LOOKS; look += 1) {
    if (isDone()) return true
    await new Promise<void>((resolve) => {
      if (look < QUICK_LOOKS) afterPoll(resolve)
      else systemClock.setTimer(systemClock.nowUs() + US_PER_MS, resolve)
    })
  }
  return isDone()
}

/** After so long, what is still in a group that is to go was forgotten there, and is killed. */
const PATIENT_LOOKS = 100

/**
 * Removes directories of groups; resolves to false when somebody in them cannot be got rid of.
 *
 * @param directories inner ones first.
 */
export async function removeGroups(directories: readonly string[]): Promise<boolean> {
  let left = directories
  let looks = 0
  return await eventually(() => {
    left = left.filter((directory) => !removeEmpty(directory))
    looks += 1
    if (looks % PATIENT_LOOKS === 0) for (const directory of left) killMembers(directory)
    return left.length === 0
  })
}

/** Kills whatever is in a group and in those below it, and removes them all. */
export async function removeTree(directory: string): Promise<boolean> {
  const directories = treeOf(directory)
  // Where the kernel does that, all are killed at once, and none can start another meanwhile.
  const isKilled = canWrite(join(directory, 'cgroup.kill'), '1')
  if (!isKilled) for (const each of directories) killMembers(each)
  return await removeGroups(directories)
}

/** The groups below a directory, the inner ones first, and itself. */
function treeOf(directory: string): string[] {
  return [...groupsIn(directory).flatMap((name) => treeOf(join(directory, name))), directory]
}

/** Names of the groups in a group; none when it is gone. */
export function groupsIn(directory: string): string[] {
  try {
    const entries = readdirSync(directory, { withFileTypes: true })
    return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name)
  } catch {
    return []
  }
}

/** Sweeps at most this often: each finds what the processes found before have started meanwhile. */
const MAX_SWEEPS = 5

/** SIGKILLs all processes in a group, but not those in groups below it. */
export function killMembers(directory: string): void {
  const killed = new Set<number>()
  for (let sweep = 0; sweep < MAX_SWEEPS; sweep += 1) {
    const members = readControl(join(directory, 'cgroup.procs'))?.split('\n').map(Number) ?? []
    const found = members.filter((pid) => pid !== process.pid && !killed.has(pid))
    for (const pid of found) {
      killed.add(pid)
      signalProcess(pid, 'SIGKILL')
    }
    if (found.length === 0) return
  }
}

/** Removes a group that has nobody in it; false when it cannot be. */
export function removeEmpty(directory: string): boolean {
  try {
    rmdirSync(directory)
    return true
  } catch (error) {
    return isAboutNothing(error)
  }
}

const GONE = ['ENOENT', 'ENODEV', 'ESRCH']

const isAboutNothing = (error: unknown): boolean => GONE.includes(codeOf(error))

export const codeOf = (error: unknown): string =>
  (error as NodeJS.ErrnoException).code ?? String(error)
