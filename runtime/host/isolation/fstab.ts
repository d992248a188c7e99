import type { MountTable } from './mount-table.ts'
import { type Bind, moved } from './root-tree-policy.ts'

/** What a line of an fstab says beside what and where. */
interface BindOptions {
  /** Make the folder to mount on: it lies in something that is only mounted now. */
  readonly makeFolder?: boolean
  /** What is no longer there is left out. */
  readonly optional?: boolean
}

const SAFE = ['nosuid', 'nodev']

/**
 * Lines that show a file or folder of this machine read-only, with all that is mounted in it: only
 * with those may a user namespace bind a folder, and each of them has to be made read-only by itself.
 */
export function bindLines(
  { from, to }: Bind,
  mounts: MountTable,
  { makeFolder = false, optional = false }: BindOptions = {},
): string[] {
  const inner = mounts.inside(from)
  const extra = [...(makeFolder ? ['X-mount.mkdir=0755'] : []), ...(optional ? ['nofail'] : [])]
  const how = inner.length > 0 ? 'rbind' : 'bind'
  return [
    line(from, to, 'none', [how, ...flags('ro', ...SAFE, ...mounts.flagsAt(from)), ...extra]),
    ...inner.map((mount) =>
      line('none', moved(mount.path, from, to), 'none', [
        ...REMOUNT,
        ...flags('ro', ...SAFE, ...mount.flags),
      ]),
    ),
  ]
}

const REMOUNT = ['remount', 'bind']

/** A device can be written to, so its mount need not be writable where this machine's is not. */
export const deviceLine = (from: string, to: string, mounts: MountTable): string =>
  line(from, to, 'none', ['bind', ...flags('nosuid', 'noexec', ...mounts.flagsAt(from))])

export const procLine = (to: string): string =>
  line('proc', to, 'proc', ['nosuid', 'nodev', 'noexec'])

/** Covers a folder with an empty one; what lies in it may still be mounted in that, until it is sealed. */
export const maskLine = (to: string): string =>
  line('tmpfs', to, 'tmpfs', [...SAFE, 'noexec', 'size=4k', 'mode=755'])

export const sealLine = (to: string): string =>
  line('none', to, 'none', [...REMOUNT, 'ro', ...SAFE, 'noexec'])

const flags = (...all: string[]): string[] => [...new Set(all)]

const line = (from: string, to: string, type: string, options: readonly string[]): string =>
  `${escaped(from)} ${escaped(to)} ${type} ${options.join(',')} 0 0`

/** Source: fstab(5). Backslash first, so that what is escaped is not escaped again. */
const escaped = (path: string): string =>
  path.replace(/[\\ \t\n#]/g, (char) => `\\${char.charCodeAt(0).toString(8).padStart(3, '0')}`)
