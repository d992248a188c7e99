import { execFileSync } from 'node:child_process'
import { readFileSync, readlinkSync } from 'node:fs'

/** What Linux tells of a process. */
export interface ProcessFacts {
  /** `R`, `S`, `D`, `T` (stopped), `Z` (ended, not yet waited for), … */
  readonly state: string
  readonly parentId: number
  /** Page faults of children that have ended and were waited for: 0 when there never was one. */
  readonly endedChildrenFaults: number
  /** Clock ticks since the machine was started, as text. */
  readonly startTime: string
}

/**
 * When a process started, as the system writes it; `undefined` when there is no such process, or it
 * has ended and was not yet waited for. A pid together with its start time names one process, a pid
 * alone may be used again.
 */
export function startTimeOf(pid: number): string | undefined {
  if (process.platform !== 'linux') return posixStartTime(pid)
  const facts = linuxFactsOf(pid)
  return facts === undefined || hasEnded(facts) ? undefined : facts.startTime
}

/** Source: proc_pid_stat(5). `undefined` when there is no such process, or no /proc. */
export function linuxFactsOf(pid: number): ProcessFacts | undefined {
  let stat: string
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  } catch {
    return undefined
  }
  // The command in field 2 may contain anything, so count from its end: index 0 is field 3.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return {
    state: fields[0] ?? '',
    parentId: Number(fields[1]),
    endedChildrenFaults: Number(fields[8]) + Number(fields[10]),
    startTime: fields[19] ?? '',
  }
}

export const hasEnded = ({ state }: ProcessFacts): boolean => state === 'Z' || state === 'X'

/**
 * Names the space in which this process's pids mean something: a container that shares a folder
 * with us has pids of its own. Empty where the system has no such thing.
 */
export function pidNamespace(): string {
  try {
    return /\d+/.exec(readlinkSync('/proc/self/ns/pid'))?.[0] ?? ''
  } catch {
    return ''
  }
}

function posixStartTime(pid: number): string | undefined {
  try {
    const text = execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      // It writes a date: the same one whatever the language and the zone of who asks.
      env: { PATH: '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' },
    })
    return text.trim() === '' ? undefined : text.trim()
  } catch {
    return undefined
  }
}
