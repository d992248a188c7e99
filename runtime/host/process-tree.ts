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

/** Peak resident memory of one process in bytes, as the kernel kept it; `undefined` if it cannot tell. */
export function peakResidentBytes(pid: number): number | undefined {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8')
    const match = /^VmHWM:\s+(\d+) kB$/m.exec(status)
    return match === null ? undefined : Number(match[1]) * 1_024
  } catch {
    return undefined
  }
}

/** Each thread of a process has its own list of children. Source: proc_tid_children(5). */
function childrenOf(pid: number): number[] {
  try {
    return readdirSync(`/proc/${pid}/task`).flatMap((tid) => childrenOfThread(pid, tid))
  } catch {
    return []
  }
}

function childrenOfThread(pid: number, tid: string): number[] {
  try {
    const text = readFileSync(`/proc/${pid}/task/${tid}/children`, 'utf8').trim()
    return text === '' ? [] : text.split(' ').map(Number)
  } catch {
    return []
  }
}
