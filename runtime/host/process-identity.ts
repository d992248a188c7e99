import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

/**
 * When a process started, as the system writes it; `undefined` when there is no such process. A pid
 * together with its start time names one process for ever, a pid alone may be used again.
 */
export function startTimeOf(pid: number): string | undefined {
  return process.platform === 'linux' ? linuxStartTime(pid) : posixStartTime(pid)
}

/** State letter of a process on Linux: `R`, `S`, `T` (stopped), `Z` (ended, not yet waited for), … */
export function linuxStateOf(pid: number): string | undefined {
  return linuxStat(pid)?.[0]
}

/** Field 22 of `stat`; the command in field 2 may contain anything, so count from its end. */
const linuxStartTime = (pid: number): string | undefined => {
  const fields = linuxStat(pid)
  return fields === undefined || fields[0] === 'Z' ? undefined : fields[19]
}

/** The fields of `stat` from the third on. Source: proc_pid_stat(5). */
function linuxStat(pid: number): string[] | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  } catch {
    return undefined
  }
}

function posixStartTime(pid: number): string | undefined {
  try {
    const text = execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    return text.trim() === '' ? undefined : text.trim()
  } catch {
    return undefined
  }
}
