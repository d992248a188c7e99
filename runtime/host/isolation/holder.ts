import { execa } from 'execa'
import { SandlotError } from '../../kernel/errors.ts'
import { firstLine } from './first-line.ts'
import type { RootTree } from './root-tree.ts'

/** How namespaces are made: by root, or by anybody in a user namespace. */
export type NamespaceMode = 'root' | 'user'

export interface HolderInput {
  readonly mode: NamespaceMode
  readonly tree: RootTree
  /** What /tmp is made of. */
  readonly tmp: TmpSource
  /** Loopback only, instead of this machine's network. */
  readonly ownNetwork: boolean
}

export interface TmpSource {
  readonly sizeMb: number
  /** An image to copy to `path`, mount and unlink; absent: a tmpfs. */
  readonly image?: { readonly templatePath: string; readonly path: string } | undefined
}

/** What holds a sandbox's namespaces and mounts open: pid 1 in them. It outlives resets. */
export interface Holder {
  /** As this controller's pid namespace numbers it. */
  readonly pid: number
  /** Of the process group that has to be killed, should the controller be gone, to end all of it. */
  readonly groupId: number
  /** Ends it, and with it everything in its pid namespace. Resolves when all of it is gone. */
  end(): Promise<void>
}

/**
 * Builds the sandbox's view of the machine and then waits for its input to end, which happens when
 * the controller ends it or is itself gone: then the kernel ends every process in the namespace and
 * frees mounts, loop device and image.
 *
 * `env --ignore-signal=CHLD cat`: a pid 1 that ignores SIGCHLD leaves no zombies of what is handed
 * over to it. The image is unlinked once it is mounted, so nothing of it can be left behind.
 */
const SCRIPT = `
set -e
umask 022
root=$1 fstab=$2 late=$3 size=$4 template=$5 image=$6 network=$7
read -r pid _ </proc/self/stat
mount --all --fstab "$fstab"
if [ -n "$image" ]; then
  cp --sparse=always "$template" "$image"
  mount -t ext4 -o loop,nosuid,nodev,noatime "$image" "$root/tmp"
  rm -f "$image"
else
  mount -t tmpfs -o "size=\${size}m,mode=1777,nosuid,nodev" tmp "$root/tmp"
fi
if [ -n "$late" ]; then mount --all --fstab "$late"; fi
if [ -n "$network" ]; then ip link set lo up; fi
cd "$root"
pivot_root . .
umount -l .
cd /
echo "$pid"
exec env --ignore-signal=CHLD cat >/dev/null 2>&1
`

/** Where the tools of the system are; also what mkfs and losetup need. */
export const TOOLS_PATH = '/usr/sbin:/usr/bin:/sbin:/bin'

/** @throws SandlotError `SandboxUnavailable` with what the system said. */
export async function startHolder(input: HolderInput): Promise<Holder> {
  const { mode, tree, tmp, ownNetwork } = input
  const flags = mode === 'user' ? ['-U', '-r'] : []
  const args = [tree.root, tree.fstab, tree.lateFstab ?? '', String(tmp.sizeMb)]
  args.push(tmp.image?.templatePath ?? '', tmp.image?.path ?? '', ownNetwork ? 'own' : '')
  const subprocess = execa(
    'unshare',
    [...flags, '-m', '-p', '-i', ...(ownNetwork ? ['-n'] : []), '-f', '--kill-child']
      .concat('--propagation', 'private')
      .concat('/bin/sh', '-c', SCRIPT, 'sandlot-holder', ...args),
    {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { PATH: TOOLS_PATH },
      extendEnv: false,
      cwd: '/',
      detached: true,
      cleanup: false,
      buffer: { stdout: false, stderr: true },
      reject: false,
    },
  )
  subprocess.stdin.on('error', () => {})
  const line = await firstLine(subprocess.stdout)
  const groupId = subprocess.pid
  if (line === undefined || groupId === undefined) {
    const { stderr, originalMessage } = await subprocess
    // What follows is advice to look elsewhere.
    const [reason] = stderr.split('\n')
    throw new SandlotError(
      'SandboxUnavailable',
      `The namespaces could not be made: ${reason || originalMessage || 'no reason given'}`,
    )
  }
  return {
    pid: Number(line),
    groupId,
    end: async () => {
      subprocess.stdin.destroy()
      await subprocess
    },
  }
}
