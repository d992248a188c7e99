import { readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { reapControlGroups } from './isolation/control-group-reaper.ts'
import { CONTROL_GROUP_PREFIX } from './isolation/control-groups.ts'
import { signalGroup } from './process-group.ts'
import { pidNamespace, startTimeOf } from './process-identity.ts'
import { killMarked } from './stray-processes.ts'

/** What killed controllers had left: how many they were, and how many processes of theirs still ran. */
export interface Reaped {
  readonly controllers: number
  readonly processes: number
}

/** Names a controller for as long as its folder may be there: pid, start time, pid namespace, number. */
export function controllerName(startTime: string, number: number): string {
  return [process.pid, inName(startTime), pidNamespace() || 0, number].join('-')
}

/**
 * Ends what controllers that no longer live have left: their sandboxes' processes and their folders.
 * A recorded pid counts only with its start time, so a pid that was used again is never hit. Two
 * controllers may reap at once: each act is harmless when done twice. What a controller in another
 * pid namespace has left (a container that shares the folder) is not for this one to judge.
 */
export async function reapOrphans(controllersPath: string): Promise<Reaped> {
  let controllers = 0
  let processes = 0
  for (const name of listOf(controllersPath)) {
    if (!isDead(name)) continue
    const path = join(controllersPath, name)
    for (const record of recordsIn(path)) if (reapRuntime(record)) processes += 1
    processes += killMarked(path).length
    rmSync(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 })
    controllers += 1
  }
  await reapControlGroups((name) => isDead(name.slice(CONTROL_GROUP_PREFIX.length)))
  return { controllers, processes }
}

/** Whether a controller of this pid namespace had this name, and lives no longer. */
function isDead(name: string): boolean {
  const [pid = '', startTime = '', namespace = ''] = name.split('-')
  if (!/^\d+$/.test(pid) || namespace !== (pidNamespace() || '0')) return false
  const now = startTimeOf(Number(pid))
  return now === undefined || inName(now) !== startTime
}

interface RuntimeRecord {
  readonly pid: number
  readonly startTime: string
}

function* recordsIn(controllerPath: string): Iterable<RuntimeRecord> {
  const sandboxesPath = join(controllerPath, 'sandboxes')
  for (const id of listOf(sandboxesPath)) {
    try {
      const text = readFileSync(join(sandboxesPath, id, 'runtime'), 'utf8')
      const space = text.indexOf(' ')
      const pid = Number(text.slice(0, space))
      if (pid > 1) yield { pid, startTime: text.slice(space + 1) }
    } catch {
      // It had no process yet.
    }
  }
}

/**
 * While any member of a group lives, its number is given to no new process. So a leader that is
 * gone, or that still has the recorded start time, means that the group is ours.
 */
function reapRuntime({ pid, startTime }: RuntimeRecord): boolean {
  const now = startTimeOf(pid)
  return (now === undefined || now === startTime) && signalGroup(pid, 'SIGKILL')
}

const inName = (startTime: string): string => startTime.replaceAll(/[^0-9A-Za-z]/g, '_')

function listOf(path: string): string[] {
  try {
    return readdirSync(path)
  } catch {
    return []
  }
}
