import type { Clock } from '../../kernel/clock.ts'
import { CLOSE_INHERITED, startShell } from '../channelled-shell.ts'
import type { LiveGroups } from '../live-groups.ts'
import { exitOf } from '../process-exit.ts'
import { signalGroup, signalProcess } from '../process-group.ts'
import { descendantsOf } from '../process-tree.ts'
import { whenEnded, whenStopped } from '../process-waits.ts'
import type { SandboxDir } from '../run-dir.ts'
import { familyOf, killMarked } from '../stray-processes.ts'
import type { LaunchedRuntime, RuntimeCommand, Space } from './space.ts'

export interface PlainSpaceDeps {
  readonly clock: Clock
  readonly groups: LiveGroups
  readonly descriptors: number
}

/**
 * A sandbox without namespaces and control groups: a folder of its own as /tmp, a process group, and
 * limits for each process as far as every system has them.
 */
export function plainSpace(dir: SandboxDir, deps: PlainSpaceDeps): Space {
  return {
    kernelLimits: { memory: false, cpu: false, tmp: false, processes: false },
    tmpPath: dir.tmpPath,
    watchedTmpPath: dir.tmpPath,
    emptyTmp: () => dir.emptyTmp(),
    inside: (path) => path,
    launch: (command) => launch(command, dir, deps),
    remove: async () => dir.remove(),
  }
}

/** Limits first; then what this process has inherited is closed, and the shell becomes the runtime. */
const LAUNCH = `ulimit -c 0; ulimit -n "$0"; ${CLOSE_INHERITED}; exec "$@"`

/** @throws SandlotError `SandboxUnavailable`, with the system's reason, when it refuses. */
async function launch(
  { file, args, cwd, env }: RuntimeCommand,
  dir: SandboxDir,
  { clock, groups, descriptors }: PlainSpaceDeps,
): Promise<LaunchedRuntime> {
  const { subprocess, pid, channel, stdout, stderr } = await startShell(
    ['-c', LAUNCH, String(descriptors), file, ...args],
    { cwd, env, what: file },
  )
  const spawnedUs = clock.nowUs()
  groups.add(pid)
  dir.recordRuntime(pid)
  let family: number[] | undefined
  const exited = exitOf(subprocess, clock, () => {
    signalGroup(pid, 'SIGKILL')
    // One that ended by itself may have left anything behind, and can no longer be asked; what had
    // children may have got more of them while it was being killed.
    if (family?.length !== 0) family = [...(family ?? []), ...killMarked(dir.path)]
  })
  let frozen: readonly number[] = []
  return {
    pid,
    spawnedUs,
    channel,
    stdout,
    stderr,
    exited: exited.then(async (exit) => {
      await whenEnded(family ?? [])
      groups.remove(pid)
      return exit
    }),
    members: () => [pid, ...descendantsOf(pid)],
    kill: () => {
      family ??= familyOf(pid, dir.path)
      signalGroup(pid, 'SIGKILL')
      for (const member of family) signalProcess(member, 'SIGKILL')
    },
    freeze: async () => {
      if (!signalGroup(pid, 'SIGSTOP')) return
      frozen = [pid, ...familyOf(pid, dir.path)]
      for (const member of frozen) signalProcess(member, 'SIGSTOP')
      await whenStopped(frozen)
    },
    thaw: () => {
      for (const member of frozen) signalProcess(member, 'SIGCONT')
      frozen = []
      signalGroup(pid, 'SIGCONT')
    },
    limitCpu: () => {},
    oomKills: () => undefined,
    usedBytes: () => undefined,
  }
}
