import { readdirSync, readFileSync } from 'node:fs'
import { hasEnded, linuxFactsOf } from './process-identity.ts'
import { descendantsOf } from './process-tree.ts'

/**
 * What a sandbox has started may leave its process group (`detached: true`), and even its tree (a
 * daemon, whose parent ends). Two traces remain: who its ancestors are, and the environment it was
 * started with, which names the sandbox's directory in `TMPDIR`. A process that has shed both is not
 * found; only a pid namespace would hold it. Linux only: elsewhere none is ever found.
 */
export function straysOf(pid: number, sandboxPath: string): number[] {
  const facts = linuxFactsOf(pid)
  if (facts === undefined) return []
  const tree = descendantsOf(pid)
  // Looking at every process of the machine takes a millisecond or more: only when it ever had a child.
  const mayHaveMore = tree.length > 0 || facts.endedChildrenFaults > 0
  const marked = mayHaveMore ? markedProcesses(sandboxPath) : []
  const found = new Set([...tree, ...marked.flatMap((each) => [each, ...descendantsOf(each)])])
  found.delete(pid)
  return [...found].filter((each) => linuxFactsOf(each)?.groupId !== pid)
}

/** Living processes whose environment names a path below `path`. */
export function markedProcesses(path: string, among: readonly number[] = allPids()): number[] {
  const mark = `=${path}/`
  return among.filter(
    (pid) => pid !== process.pid && environmentOf(pid).includes(mark) && isAlive(pid),
  )
}

/** All living processes of a session or a group, whoever their parents are. */
export function membersOf(leaderId: number): number[] {
  return allPids().filter((pid) => {
    const facts = linuxFactsOf(pid)
    if (facts === undefined || hasEnded(facts)) return false
    return facts.sessionId === leaderId || facts.groupId === leaderId
  })
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
