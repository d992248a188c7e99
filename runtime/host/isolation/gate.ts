import type { Duplex, Readable } from 'node:stream'
import type { Clock } from '../../kernel/clock.ts'
import { SandlotError } from '../../kernel/errors.ts'
import { CHANNEL_DESCRIPTOR } from '../../runtime-api/protocol.ts'
import { CLOSE_INHERITED, startShell } from '../channelled-shell.ts'
import { exitOf, type ProcessExit } from '../process-exit.ts'
import { childrenOf } from '../process-tree.ts'
import { firstLine } from './first-line.ts'
import { type NamespaceMode, TOOLS_PATH } from './holder.ts'

/**
 * A launcher that waits inside the namespaces, limits and user already on, and becomes the runtime
 * when it is told to: what a start then costs is that of the runtime alone.
 */
export interface Gate {
  /** Of what will be the runtime, as this controller's pid namespace numbers it. */
  readonly runtimePid: number
  readonly channel: Duplex
  readonly stdout: Readable
  readonly stderr: Readable
  readonly exited: Promise<ProcessExit>
  /** It has not ended, as one that waits for long may. */
  isThere(): boolean
  /** Becomes the runtime. Its environment is `env` and nothing else. */
  open(command: GateCommand): void
}

export interface GateCommand {
  /** Paths as they are inside. */
  readonly file: string
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
}

export interface GateInput {
  readonly mode: NamespaceMode
  readonly holderPid: Promise<number>
  /** `cgroup.procs` files to enter. */
  readonly groupEntries: readonly string[]
  readonly ownNetwork: boolean
  readonly descriptors: number
  /** How many processes and threads its user namespace may have; only in a machine that can limit them so. */
  readonly processes?: number | undefined
  readonly clock: Clock
}

/** The user that sandboxes run as, named as on Lambda. */
export const SANDBOX_UID = 993
export const SANDBOX_GID = 990

const DROP = '--pdeathsig=KILL --no-new-privs --inh-caps=-all --bounding-set=-all'

/** Tells the controller that it is there, and evaluates the one line that it is told then. */
const WAIT = `cd /var/task && echo ready >&${CHANNEL_DESCRIPTOR} && read -r line <&${CHANNEL_DESCRIPTOR} && eval "$line"`

/**
 * `nsenter -F … timeout --foreground 0`: enters without a process of nsenter's own and waits with one
 * of timeout's, because that ends by the very signal or code that the runtime ends by, and is not
 * fooled by a runtime that is stopped. The runtime has a session of its own, so that signals to its
 * group do not reach whoever waits for it, and is neither pid 1 nor its child, so that signals do
 * what they do elsewhere.
 */
const script = ({ mode, ownNetwork, processes }: GateInput): string => `
descriptors=$1
shift
for entry; do echo 0 >"$entry" || exit 125; done
ulimit -c 0
ulimit -n "$descriptors"
umask 022
${CLOSE_INHERITED}
read -r holder <&${CHANNEL_DESCRIPTOR}
exec nsenter -F -t "$holder" ${mode === 'user' ? '-U --preserve-credentials ' : ''}-m -p -i${ownNetwork ? ' -n' : ''} -- timeout --foreground 0 setsid ${
  mode === 'root'
    ? `setpriv --reuid=${SANDBOX_UID} --regid=${SANDBOX_GID} --clear-groups ${DROP}`
    : `unshare -U --map-user=${SANDBOX_UID} --map-group=${SANDBOX_GID} ${
        processes === undefined ? '' : `prlimit --nproc=${processes} `
      }setpriv ${DROP}`
} -- /bin/sh -c '${WAIT}'
`

/** @throws SandlotError `SandboxUnavailable` with what the system said. */
export async function makeGate(input: GateInput): Promise<Gate> {
  const { holderPid, groupEntries, descriptors, clock } = input
  const args = ['-c', script(input), 'sandlot-gate', String(descriptors)]
  const { subprocess, pid, channel, stdout, stderr } = await startShell(
    [...args, ...groupEntries],
    {
      env: { PATH: TOOLS_PATH },
      cwd: '/',
      what: '/bin/sh',
    },
  )
  const exited = exitOf(subprocess, clock)
  const said: Buffer[] = []
  const hear = (piece: Buffer): void => void said.push(piece)
  stderr.on('data', hear)
  channel.write(`${await holderPid}\n`)
  const line = await firstLine(channel)
  const [runtimePid] = childrenOf(pid)
  if (line !== 'ready' || runtimePid === undefined) {
    subprocess.kill('SIGKILL')
    await exited
    const reason = Buffer.concat(said).toString('utf8').trim() || 'no reason given'
    throw new SandlotError('SandboxUnavailable', `The sandbox cannot be entered: ${reason}`)
  }
  stderr.off('data', hear)
  return {
    runtimePid,
    channel,
    stdout,
    stderr,
    exited,
    isThere: () => subprocess.exitCode === null && subprocess.signalCode === null,
    open: (command) => void channel.write(`${goLine(command)}\n`),
  }
}

/** One line for a POSIX shell: its environment, and what to become. */
export function goLine({ file, args, env }: GateCommand): string {
  const settings = Object.entries(env).map(([name, value]) => setting(name, value))
  // Shells export the folder that they are in.
  return `unset PWD OLDPWD;${settings.join('')}exec ${[file, ...args].map(quoted).join(' ')}`
}

/** A line feed would end the line, so it is made again; of trailing ones the shell keeps none. */
function setting(name: string, value: string): string {
  if (!value.includes('\n')) return `export ${name}=${quoted(value)};`
  const escaped = value.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')
  return `${name}=$(printf '%b.' ${quoted(escaped)});export ${name}="\${${name}%.}";`
}

const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`
