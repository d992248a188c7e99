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

/** Peak resident memory of one process in bytes, as the kernel kept it; `undefined` if it cannot tell. */
export const peakResidentBytes = (pid: number): number | undefined => statusBytes(pid, 'VmHWM')

/** Pages of files that a process has in memory now, bytes: its program above all. */
export const residentFileBytes = (pid: number): number => statusBytes(pid, 'RssFile') ?? 0

/** Source: proc_pid_status(5). */
function statusBytes(pid: number, field: 'VmHWM' | 'RssFile'): number | undefined {
  const status = read(`/proc/${pid}/status`)
  const start = status?.indexOf(`${field}:`) ?? -1
  if (status === undefined || start === -1) return undefined
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
