import { readdirSync, readFileSync } from 'node:fs'

/**
 * All living descendants of a process, nearest first; empty where the system cannot tell (it can on
 * Linux). One that was handed over to init because its parent ended is not among them.
 */
export function descendantsOf(pid: number): number[] {
  if (process.platform !== 'linux') return []
  const found: number[] = []
  const pending = childrenOf(pid)
  for (let next = pending.shift(); next !== undefined; next = pending.shift()) {
    found.push(next)
    pending.push(...childrenOf(next))
  }
  return found
}

/**
 * Whether the main thread of a process has a living child; a seventh of the cost of looking at all
 * its threads.
 */
export const mainThreadHasChildren = (pid: number): boolean =>
  childrenOfThread(pid, String(pid)).length > 0

/** Memory of one process, bytes. */
export interface ResidentMemory {
  /** The most that it ever had, as the kernel has kept it. */
  readonly peakBytes: number
  /** Pages of files that it has in memory now: its program above all. */
  readonly fileBytes: number
}

/** `undefined` for one that has ended, or where the system cannot tell. Source: proc_pid_status(5). */
export function residentMemory(pid: number): ResidentMemory | undefined {
  const status = read(`/proc/${pid}/status`) ?? ''
  const peakBytes = bytesIn(status, 'VmHWM')
  if (peakBytes === undefined) return undefined
  return { peakBytes, fileBytes: bytesIn(status, 'RssFile') ?? 0 }
}

function bytesIn(status: string, field: 'VmHWM' | 'RssFile'): number | undefined {
  const start = status.indexOf(`${field}:`)
  if (start === -1) return undefined
  return Number.parseInt(status.slice(start + field.length + 1), 10) * 1_024
}

/** Its own children, not theirs: each thread has a list of them. Source: proc_tid_children(5). */
export function childrenOf(pid: number): number[] {
  try {
    return readdirSync(`/proc/${pid}/task`).flatMap((tid) => childrenOfThread(pid, tid))
  } catch {
    return []
  }
}

function childrenOfThread(pid: number, tid: string): number[] {
  const text = read(`/proc/${pid}/task/${tid}/children`)?.trim() ?? ''
  return text === '' ? [] : text.split(' ').map(Number)
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}
