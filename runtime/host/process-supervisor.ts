import type { ChildProcess } from 'node:child_process'
import type { Duplex, Readable } from 'node:stream'
import { execa } from 'execa'
import type { Clock } from '../kernel/clock.ts'
import { SandlotError } from '../kernel/errors.ts'
import { CHANNEL_DESCRIPTOR } from '../runtime-api/protocol.ts'
import type { RuntimeExit } from '../sandbox/sandbox.ts'
import { signalGroup, signalProcess } from './process-group.ts'
import { whenEnded } from './process-waits.ts'
import { familyOf, killMarked } from './stray-processes.ts'

export interface ProcessCommand {
  readonly file: string
  readonly args: readonly string[]
  readonly cwd: string
  /** The whole environment: nothing is inherited. */
  readonly env: Readonly<Record<string, string>>
  /** The sandbox's directory: a process whose environment names it is of the sandbox. */
  readonly sandboxPath: string
}

/** A process that leads a group of its own, and everything it starts. */
export interface SupervisedProcess {
  /** Also the number of its group. */
  readonly pid: number
  readonly channel: Duplex
  readonly stdout: Readable
  readonly stderr: Readable
  /** Resolves once the process is gone, all that it had started too, and its output was read. */
  readonly exited: Promise<RuntimeExit>
  /** Kills the whole tree at once, stopped or not. */
  kill(): void
}

/** What still holds a pipe open after all were killed is beyond reach: do not wait for it. */
const OUTPUT_GRACE_US = 500_000

/**
 * Starts a process for a sandbox.
 *
 * @throws SandlotError `SandboxUnavailable`, with the system's reason, when it refuses.
 */
export async function startProcess(
  command: ProcessCommand,
  clock: Clock,
): Promise<SupervisedProcess> {
  const { file, args, cwd, env, sandboxPath } = command
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
  const { pid, stdout, stderr } = subprocess
  const channel = subprocess.stdio[CHANNEL_DESCRIPTOR] as unknown as Duplex | null | undefined
  if (pid === undefined || stdout === null || stderr === null || !channel) {
    const { originalMessage = 'no reason given' } = await subprocess
    throw new SandlotError('SandboxUnavailable', `${file} cannot be started: ${originalMessage}`)
  }
  // A write to a runtime that has just ended fails; its exit tells all there is to tell.
  channel.on('error', () => {})
  let family: number[] | undefined
  const kill = (): void => {
    family ??= familyOf(pid, sandboxPath)
    signalGroup(pid, 'SIGKILL')
    for (const member of family) signalProcess(member, 'SIGKILL')
  }
  const exited = exitOf(subprocess, clock, () => {
    const expected = family !== undefined
    signalGroup(pid, 'SIGKILL')
    // One that ended by itself may have left anything behind, and can no longer be asked; what had
    // children may have got more of them while it was being killed.
    if (family?.length !== 0) family = [...(family ?? []), ...killMarked(sandboxPath)]
    return expected
  })
  return {
    pid,
    channel,
    stdout,
    stderr,
    exited: exited.then(async (exit) => {
      await whenEnded(family ?? [])
      return exit
    }),
    kill,
  }
}

/** @param onEnd ends what is left; tells whether the end was asked for. */
function exitOf(
  subprocess: Pick<ChildProcess, 'once' | 'stdio'>,
  clock: Clock,
  onEnd: () => boolean,
): Promise<RuntimeExit> {
  return new Promise((resolve) => {
    // The outcome is taken from this event, which does not wait for pipes that others hold open.
    subprocess.once('exit', (code, signal) => {
      const expected = onEnd()
      const destroyAll = (): void => {
        for (const stream of subprocess.stdio) stream?.destroy()
      }
      const timer = clock.setTimer(clock.nowUs() + OUTPUT_GRACE_US, destroyAll)
      subprocess.once('close', () => {
        timer.cancel()
        resolve({ code: code ?? undefined, signal: signal ?? undefined, expected })
      })
    })
  })
}
