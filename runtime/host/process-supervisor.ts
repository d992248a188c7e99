import type { Duplex, Readable } from 'node:stream'
import { execa } from 'execa'
import type { Clock } from '../kernel/clock.ts'
import { SandlotError } from '../kernel/errors.ts'
import { CHANNEL_DESCRIPTOR } from '../runtime-api/protocol.ts'
import type { RuntimeExit } from '../sandbox/sandbox.ts'
import { signalGroup } from './process-group.ts'
import { descendantsOf } from './process-tree.ts'

export interface ProcessCommand {
  readonly file: string
  readonly args: readonly string[]
  readonly cwd: string
  /** The whole environment: nothing is inherited. */
  readonly env: Readonly<Record<string, string>>
}

/** A process that leads a group of its own, and everything it starts. */
export interface SupervisedProcess {
  /** Also the number of its group. */
  readonly pid: number
  readonly channel: Duplex
  readonly stdout: Readable
  readonly stderr: Readable
  /** Resolves once the process is gone, its group too, and all its output was read. */
  readonly exited: Promise<RuntimeExit>
  /** Kills the whole tree at once, stopped or not. */
  kill(): void
}

/** What still holds a pipe open after the group was killed has left the group: do not wait for it. */
const OUTPUT_GRACE_US = 500_000

/**
 * Starts a process for a sandbox.
 *
 * @throws SandlotError `SandboxUnavailable` when the system refuses.
 */
export function startProcess(command: ProcessCommand, clock: Clock): SupervisedProcess {
  const { file, args, cwd, env } = command
  const subprocess = execa(file, [...args], {
    cwd,
    env,
    extendEnv: false,
    detached: true,
    // The watchdog and the run folder see to what is left when the controller ends.
    cleanup: false,
    buffer: false,
    reject: false,
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  })
  // The outcome is taken from the exit event, which does not wait for pipes that others hold open.
  subprocess.catch(() => {})
  const { pid, stdout, stderr } = subprocess
  const channel = subprocess.stdio[CHANNEL_DESCRIPTOR] as unknown as Duplex | null | undefined
  if (pid === undefined || stdout === null || stderr === null || !channel) {
    throw new SandlotError('SandboxUnavailable', `The system could not start ${file}`)
  }
  // A write to a runtime that has just ended fails; its exit tells all there is to tell.
  channel.on('error', () => {})
  let killed = false
  const kill = (): void => {
    killed = true
    killTree(pid)
  }
  const exited = new Promise<RuntimeExit>((resolve) => {
    subprocess.once('exit', (code, signal) => {
      signalGroup(pid, 'SIGKILL')
      const exit = { code: code ?? undefined, signal: signal ?? undefined, expected: killed }
      const destroyAll = (): void => {
        for (const stream of [stdout, stderr, channel]) stream.destroy()
      }
      const timer = clock.setTimer(clock.nowUs() + OUTPUT_GRACE_US, destroyAll)
      const settle = (): void => {
        timer.cancel()
        resolve(exit)
      }
      subprocess.once('close', settle)
    })
  })
  return { pid, channel, stdout, stderr, exited, kill }
}

/** The group, and those who have left the group but are still descendants. */
function killTree(pid: number): void {
  const strays = descendantsOf(pid)
  signalGroup(pid, 'SIGKILL')
  for (const stray of strays) {
    try {
      process.kill(stray, 'SIGKILL')
    } catch {
      // It was of the group, or ended by itself.
    }
  }
}
