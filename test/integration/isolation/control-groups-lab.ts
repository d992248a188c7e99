import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface, type Interface } from 'node:readline'
import { setTimeout as delay } from 'node:timers/promises'
import { afterEach } from 'vitest'
import {
  type ControlGroup,
  type ControlGroups,
  openControlGroups,
} from '../../../runtime/host/isolation/control-groups.ts'
import { hasEnded, linuxFactsOf } from '../../../runtime/host/process-identity.ts'

export interface Member {
  readonly pid: number
  readonly exited: Promise<{ code: number | null; signal: NodeJS.Signals | null }>
  /** The next line it prints; rejects when it ends without one. */
  line(): Promise<string>
  tell(line: string): void
}

export interface ControlGroupsLab {
  /** Closed after the test. */
  open(name?: string): ControlGroups
  /** Runs a program in a group, as a launcher does: it enters, then becomes the program. */
  run(group: Pick<ControlGroup, 'entries'>, file: string, ...args: string[]): Member
}

let opened = 0

/** Ends all that a test has started, and closes all that it has opened. */
export function useControlGroups(): ControlGroupsLab {
  const children: ChildProcess[] = []
  const groups: ControlGroups[] = []
  afterEach(async () => {
    for (const child of children.splice(0)) child.kill('SIGKILL')
    for (const each of groups.splice(0)) await each.close()
  })
  return {
    open: (name = uniqueName()) => {
      const found = openControlGroups(name)
      if ('reason' in found) throw new Error(found.reason)
      groups.push(found)
      return found
    },
    run: (group, file, ...args) => {
      const enter = 'n=$1; shift; while [ $n -gt 0 ]; do echo 0 >"$1"; shift; n=$((n-1)); done'
      const entries = [String(group.entries.length), ...group.entries]
      const child = spawn(
        '/bin/sh',
        ['-ec', `${enter}; exec "$@"`, 'sh', ...entries, file, ...args],
        {
          stdio: ['pipe', 'pipe', 'ignore'],
        },
      )
      children.push(child)
      return memberOf(child)
    },
  }
}

/** In no real controller's form, so that none takes it for the leftovers of another. */
export function uniqueName(): string {
  opened += 1
  return `sandlot-test-${process.pid}-${opened}`
}

/** What control groups do here; all reasons where they do nothing. */
export async function whatWorks(): Promise<Pick<ControlGroups, 'controllers' | 'missing'>> {
  const found = openControlGroups(uniqueName())
  if ('reason' in found) {
    const { reason } = found
    return {
      controllers: { core: false },
      missing: { memory: reason, cpu: reason, pids: reason, core: reason },
    }
  }
  await found.close()
  return found
}

function memberOf(child: ChildProcess): Member {
  const { pid, stdout, stdin } = child
  if (pid === undefined || stdout === null || stdin === null) throw new Error('not started')
  // It may have ended before it read what it was told.
  stdin.on('error', () => {})
  const lines = linesOf(createInterface({ input: stdout }))
  return {
    pid,
    exited: new Promise((resolve) => {
      child.once('exit', (code, signal) => resolve({ code, signal }))
    }),
    line: async () => {
      const { value, done } = await lines.next()
      if (done === true) throw new Error('it has ended')
      return value
    },
    tell: (line) => void stdin.write(`${line}\n`),
  }
}

const linesOf = (reader: Interface): AsyncIterator<string> => reader[Symbol.asyncIterator]()

const LOOK_AGAIN_MS = 5

/** Waits for something that nothing else tells of. */
export async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await delay(LOOK_AGAIN_MS)
}

export function isRunning(pid: number): boolean {
  const facts = linuxFactsOf(pid)
  return facts !== undefined && !hasEnded(facts)
}
