import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { afterEach } from 'vitest'
import { signalGroup } from '../../../runtime/host/process-group.ts'
import { descendantsOf } from '../../../runtime/host/process-tree.ts'
import { systemClock } from '../../../runtime/host/system-clock.ts'

export interface Started {
  readonly pid: number
  /** It and all its descendants. */
  readonly members: () => readonly number[]
  /** All lines that it has printed. */
  readonly lines: readonly string[]
  /** Resolves when it has printed this line. */
  printed(line: string): Promise<void>
}

/** Starts programs that are ended, with all that they have started, after each test. */
export function useProcesses(): (file: string, ...args: string[]) => Started {
  const children: ChildProcess[] = []
  afterEach(async () => {
    for (const child of children.splice(0)) {
      const ended = child.exitCode === null && child.signalCode === null && once(child, 'exit')
      signalGroup(child.pid ?? 0, 'SIGKILL')
      await ended
    }
  })
  return (file, ...args) => {
    const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'inherit'], detached: true })
    children.push(child)
    const pid = child.pid ?? 0
    const lines: string[] = []
    createInterface({ input: child.stdout }).on('line', (line) => lines.push(line))
    return {
      pid,
      members: () => [pid, ...descendantsOf(pid)],
      lines,
      printed: (line) => until(() => lines.includes(line)),
    }
  }
}

/** How often a condition is looked at: often enough to catch a stop, not so often as to take a CPU. */
const LOOK_US = 2_000

/** Resolves when the condition holds; the test's own time limit ends the wait for one that never does. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) {
    await new Promise<void>((resolve) => {
      systemClock.setTimer(systemClock.nowUs() + LOOK_US, resolve)
    })
  }
}
