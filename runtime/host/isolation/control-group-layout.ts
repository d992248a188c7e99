import { readFileSync, statSync } from 'node:fs'
import { resolve } from 'node:path'

/** What of a sandbox the kernel's control groups limit here. */
export type Resource = 'memory' | 'cpu' | 'pids'

export const RESOURCES: readonly Resource[] = ['memory', 'cpu', 'pids']

/** A hierarchy of control groups as it is mounted here. */
export interface ControlGroupMount {
  readonly version: 1 | 2
  readonly mountPath: string
  /** The directory of the group that this process is in; it limits us, so it is to limit sandboxes too. */
  readonly ownPath: string
  /** Version 1: what it limits, by its mount options. Version 2 says so in a file instead. */
  readonly resources: readonly Resource[]
}

/** Empty where the system has no control groups, or shows none. */
export function controlGroupMounts(): ControlGroupMount[] {
  try {
    return parseMounts(
      readFileSync('/proc/self/mountinfo', 'utf8'),
      readFileSync('/proc/self/cgroup', 'utf8'),
    ).map((mount) => (isDirectory(mount.ownPath) ? mount : { ...mount, ownPath: mount.mountPath }))
  } catch {
    return []
  }
}

/**
 * Sources: proc_pid_mountinfo(5), cgroups(7). A hierarchy may be mounted anywhere, under several
 * names, and (in a container) from some group of it downwards: then that group is its mount point.
 * Hierarchies that limit nothing we need are left out.
 */
export function parseMounts(mountinfo: string, ownGroups: string): ControlGroupMount[] {
  const groups = ownGroups.split('\n').map(parseGroup)
  const mounts = mountinfo.split('\n').flatMap((line) => parseMount(line, groups) ?? [])
  // What is mounted in two places is one hierarchy: the first will do.
  const seen = new Set<string>()
  return mounts.filter(({ version, resources }) => {
    const key = `${version} ${resources.join()}`
    if (seen.has(key)) return false
    seen.add(key)
    return true
  })
}

interface OwnGroup {
  readonly options: readonly string[]
  readonly path: string
}

/** `4:memory:/user.slice`, and `0::/user.slice` for version 2. The path may contain colons. */
function parseGroup(line: string): OwnGroup {
  const [, options = '', ...path] = line.split(':')
  return { options: options.split(','), path: path.join(':') }
}

/** `35 31 0:32 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory` */
function parseMount(line: string, groups: readonly OwnGroup[]): ControlGroupMount | undefined {
  const [before = '', after = ''] = line.split(' - ')
  const [, , , root = '', at = ''] = before.split(' ').map(unescaped)
  const [type, , options = ''] = after.split(' ')
  const base = { mountPath: at }
  if (type === 'cgroup2') {
    const own = groups.find((group) => group.options[0] === '')
    return { ...base, version: 2, ownPath: below(at, root, own?.path), resources: [] }
  }
  const resources = RESOURCES.filter((resource) => options.split(',').includes(resource))
  if (type !== 'cgroup' || resources.length === 0) return undefined
  const own = groups.find((group) => resources.some((each) => group.options.includes(each)))
  return { ...base, version: 1, ownPath: below(at, root, own?.path), resources }
}

/** Where a group is seen; the mount point when it is outside of what is mounted. */
function below(mountPath: string, root: string, group = '/'): string {
  const prefix = root === '/' ? '' : root
  const isInside = group === prefix || group.startsWith(`${prefix}/`)
  return isInside && !group.includes('/..')
    ? resolve(mountPath, `.${group.slice(prefix.length)}`)
    : mountPath
}

const unescaped = (text: string): string =>
  text.replaceAll(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(parseInt(octal, 8)))

const isDirectory = (path: string): boolean =>
  statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false
