import { readdirSync, readFileSync, statSync } from 'node:fs'
import { signalProcess } from './process-group.ts'
import { hasEnded, linuxFactsOf } from './process-identity.ts'
import { descendantsOf } from './process-tree.ts'

/**
 * All other processes of a sandbox. What it has started may leave its process group (`detached:
 * true`), and even its tree (a daemon, whose parent ends). Two traces remain: who its ancestors are,
 * and the environment it was started with, which names the sandbox's directory in `TMPDIR`. A process
 * that has shed both is not found; only a pid namespace would hold it. Linux only: elsewhere none is
 * ever found.
 *
 * @param pid the sandbox's main process.
 * @param sandboxPath the sandbox's directory.
 */
export function familyOf(pid: number, sandboxPath: string): number[] {
  const tree = descendantsOf(pid)
  // Looking at every process of the machine takes a millisecond or more: only when it ever had a child.
  const mayHaveMore = tree.length > 0 || (linuxFactsOf(pid)?.endedChildrenFaults ?? 0) > 0
  const marked = mayHaveMore ? markedProcesses(sandboxPath) : []
  const found = new Set([...tree, ...marked.flatMap((each) => [each, ...descendantsOf(each)])])
  found.delete(pid)
  return [...found]
}

/**
 * Sweeps at most this often: each sweep finds what the ones found before have started meanwhile, and
 * what had no environment to be seen because it was becoming another program just then.
 */
const MAX_SWEEPS = 5

/** Kills all processes whose environment names a path below `path`; returns which there were. */
export function killMarked(path: string): number[] {
  const killed = new Set<number>()
  for (let sweep = 0; sweep < MAX_SWEEPS; sweep += 1) {
    const { marked, isCertain } = lookForMarked(path)
    const found = marked.filter((pid) => !killed.has(pid))
    if (found.length === 0 && isCertain) break
    for (const pid of found) if (signalProcess(pid, 'SIGKILL')) killed.add(pid)
  }
  return [...killed]
}

/** Living processes whose environment names a path below `path`, this one aside. */
const markedProcesses = (path: string): number[] => lookForMarked(path).marked

function lookForMarked(path: string) {
  const mark = `=${path}/`
  const marked: number[] = []
  let isCertain = true
  for (const pid of allPids()) {
    if (pid === process.pid) continue
    const environment = environmentOf(pid)
    if (environment === '') isCertain &&= !isOwnProgram(pid)
    else if (environment.includes(mark) && isAlive(pid)) marked.push(pid)
  }
  return { marked, isCertain }
}

/** A living process of this user's, and not a thread of the kernel's, whose parent is number 2. */
function isOwnProgram(pid: number): boolean {
  try {
    if (statSync(`/proc/${pid}`).uid !== process.getuid?.()) return false
  } catch {
    return false
  }
  return pid !== 2 && isAlive(pid) && linuxFactsOf(pid)?.parentId !== 2
}

function isAlive(pid: number): boolean {
  const facts = linuxFactsOf(pid)
  return facts !== undefined && !hasEnded(facts)
}

/** Empty for a process of somebody else's, and for one that has ended. */
function environmentOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'latin1')
  } catch {
    return ''
  }
}

function allPids(): number[] {
  try {
    return readdirSync('/proc').map(Number).filter(Number.isInteger)
  } catch {
    return []
  }
}
