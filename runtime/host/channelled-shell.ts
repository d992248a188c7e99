import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Duplex, Readable } from 'node:stream'
import { SandlotError } from '../kernel/errors.ts'
import { coverForInherited } from './inherited-descriptors.ts'

/** A shell that is about to become a runtime, in a process group of its own, with the channel open. */
export interface ChannelledShell {
  readonly subprocess: ChildProcess
  readonly pid: number
  readonly channel: Duplex
  readonly stdout: Readable
  readonly stderr: Readable
}

export interface ShellCommand {
  /** The environment, whole. */
  readonly env: Readonly<Record<string, string>>
  readonly cwd: string
  /** What to start, as the error calls it. */
  readonly what: string
}

/** What the shell has to do before it becomes anything else: the cover closes only those above. */
export const CLOSE_INHERITED = 'exec 4<&- 5<&- 6<&- 7<&- 8<&- 9<&-'

/**
 * Starts /bin/sh so that it inherits the standard three and the channel, and of this process's other
 * descriptors at most those below 10, which its script closes with `CLOSE_INHERITED`.
 *
 * With Node's own `spawn`: the cover may be hundreds of entries long, which costs it half a
 * millisecond, and execa, whose time goes with the square of that number, thirty.
 *
 * @throws SandlotError `SandboxUnavailable`, with the system's reason, when it refuses.
 */
export async function startShell(
  args: readonly string[],
  { env, cwd, what }: ShellCommand,
): Promise<ChannelledShell> {
  try {
    const subprocess = spawn('/bin/sh', args, {
      cwd,
      env,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe', 'pipe', ...coverForInherited()],
    })
    const { pid } = subprocess
    if (pid === undefined) throw (await once(subprocess, 'error'))[0]
    const { stdio } = subprocess
    const [, stdout, stderr, channel] = stdio as unknown as [null, Readable, Readable, Duplex]
    // A write to a runtime that has just ended fails; its exit tells all there is to tell.
    for (const each of [subprocess, stdout, stderr, channel]) each.on('error', () => {})
    return { subprocess, pid, channel, stdout, stderr }
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new SandlotError('SandboxUnavailable', `${what} cannot be started: ${why}`, { cause })
  }
}
