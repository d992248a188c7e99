import { readdirSync, readFileSync } from 'node:fs'

/**
 * What one process uses now, as Linux tells it; nothing (0, or an empty list) for a process that is
 * gone and where there is no /proc. What it costs to ask, for a Node process of 11 threads on a small
 * machine: memory 13 µs, threads 9 µs, CPU time of all threads 90 µs, proportional memory 400 µs.
 */

/**
 * Memory that only its end would free, bytes: anonymous and shared pages, also those swapped out. Not
 * pages of files. Source: proc_pid_status(5).
 */
export function heldMemoryBytes(pid: number): number {
  return sumOfKb(read(`/proc/${pid}/status`), ['RssAnon', 'RssShmem', 'VmSwap'])
}

/**
 * The same with each page that several processes have divided by their number; `undefined` where the
 * system cannot tell. Source: proc_pid_smaps(5); the fields are there since Linux 5.4.
 */
export function proportionalMemoryBytes(pid: number): number | undefined {
  const rollup = read(`/proc/${pid}/smaps_rollup`)
  if (!rollup.includes('Pss_Anon:')) return undefined
  return sumOfKb(rollup, ['Pss_Anon', 'Pss_Shmem', 'SwapPss'])
}

/** Threads of a process. Source: proc_pid_stat(5), field 20. */
export const threadCount = (pid: number): number => statFields(pid)[17] ?? 0

/**
 * CPU time in ticks of 10 ms: of all its threads, living and ended, and of its children that have
 * ended and were waited for. Four figures, each rounded down. Source: proc_pid_stat(5), fields 14 to 17.
 */
export function cpuTicks(pid: number): number {
  const [user = 0, system = 0, childrenUser = 0, childrenSystem = 0] = statFields(pid).slice(11, 15)
  return user + system + childrenUser + childrenSystem
}

/** Folders of the living threads of a process; the main thread's is the first. */
export function taskFolders(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/task`).map((tid) => `/proc/${pid}/task/${tid}`)
  } catch {
    return []
  }
}

/**
 * CPU time of one thread, nanoseconds; 0 where the kernel does not keep it. Exact for one that
 * sleeps or is stopped, as of the kernel's last tick (1, 4 or 10 ms apart) for one that runs.
 */
export const taskCpuNs = (folder: string): number =>
  Number.parseInt(read(`${folder}/schedstat`), 10) || 0

/** Numbers from field 3 on; the command in field 2 may contain anything, so counted from its end. */
function statFields(pid: number): number[] {
  const stat = read(`/proc/${pid}/stat`)
  return stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number)
}

function sumOfKb(text: string, fields: readonly string[]): number {
  let sumKb = 0
  for (const field of fields) {
    const start = text.indexOf(`${field}:`)
    if (start !== -1) sumKb += Number.parseInt(text.slice(start + field.length + 1), 10)
  }
  return sumKb * 1_024
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
