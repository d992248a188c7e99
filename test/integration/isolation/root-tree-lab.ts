import { execFile, execFileSync } from 'node:child_process'
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import {
  buildRootTree,
  type RootTree,
  type RootTreeInput,
} from '../../../runtime/host/isolation/root-tree.ts'

/** By whom namespaces are made: root, or somebody without privileges in a user namespace. */
export type Mode = 'root' | 'user'

const isRoot = process.getuid?.() === 0

/** As somebody without privileges: that is us, unless we are root. */
const UNPRIVILEGED = isRoot ? ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'] : []

const NAMESPACES = ['-m', '-p', '-i', '-f', '--kill-child', '--propagation', 'private']

/** What makes the namespaces, and what drops the privileges that were needed to mount. */
const LAUNCHERS = {
  root: {
    enter: ['unshare', ...NAMESPACES],
    drop: ['setpriv', '--reuid=993', '--regid=990', '--clear-groups', '--no-new-privs'],
  },
  user: {
    enter: [...UNPRIVILEGED, 'unshare', '-U', '-r', ...NAMESPACES],
    drop: ['unshare', '-U', '--map-user=993', '--map-group=990', 'setpriv', '--no-new-privs'],
  },
} as const

const ENVIRONMENT = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' }

/** Why this machine cannot do it; `undefined` where it can. */
export function obstacleTo(mode: Mode): string | undefined {
  if (process.platform !== 'linux') return 'needs Linux'
  if (mode === 'root' && !isRoot) return 'needs root, to mount without a user namespace'
  const [file = '', ...args] = LAUNCHERS[mode].enter
  try {
    execFileSync(file, [...args, 'mount', '-t', 'tmpfs', 'probe', '/mnt'], {
      env: ENVIRONMENT,
      stdio: 'ignore',
    })
    return undefined
  } catch {
    return mode === 'root' ? 'needs leave to mount' : 'needs user namespaces that may mount'
  }
}

/** Mounts a tree, makes it the root and runs a command in it: $1 root, $2 and $3 its tables. */
const HOLDER = `
set -e
umask 022
mount --all --fstab "$2"
mount -t tmpfs -o size=16m,mode=1777,nosuid,nodev tmp "$1/tmp"
if [ -n "$3" ]; then mount --all --fstab "$3"; fi
cd "$1"
pivot_root . .
umount -l .
cd /var/task
shift 3
exec "$@"
`

/** A folder of its own with sources, state and trees, that everybody can read. */
export interface Lab {
  readonly path: string
  /** Files by path; a text that begins with `->` is where a link leads. */
  write(files: Readonly<Record<string, string>>): void
  remove(name: string): void
  build(input: Partial<RootTreeInput> & Pick<RootTreeInput, 'rootDir'>): RootTree
  /** What an expression gives that runs in the tree, in a Node of the sandbox's user. */
  evaluate(tree: RootTree, mode: Mode, expression: string): Promise<unknown>
  /** Runs a command in the tree, as the sandbox's user. */
  run(tree: RootTree, mode: Mode, command: readonly string[]): Promise<string>
  dispose(): void
}

/** @param parent where the lab is made. */
export function openLab(parent: string): Lab {
  const path = realpathSync(mkdtempSync(join(parent, 'sandlot-root-tree-')))
  chmodSync(path, 0o755)
  let trees = 0
  const lab: Lab = {
    path,
    write: (files) => {
      for (const [name, text] of Object.entries(files)) {
        const file = join(path, name)
        mkdirSync(dirname(file), { recursive: true })
        if (text.startsWith('->')) symlinkSync(text.slice(2), file)
        else writeFileSync(file, text)
      }
    },
    remove: (name) => rmSync(join(path, name), { recursive: true }),
    build: (input) => {
      trees += 1
      const folder = join(path, 'state', `tree-${trees}`)
      const bootstrapFolder = join(path, 'state', 'bootstrap')
      for (const each of [folder, bootstrapFolder]) mkdirSync(each, { recursive: true })
      const nodePath = process.execPath
      // The strictest there is: nobody else must notice.
      const usual = process.umask(0o077)
      try {
        const hidden = [join(path, 'state')]
        return buildRootTree({ folder, bootstrapFolder, nodePath, hidden, ...input })
      } finally {
        process.umask(usual)
      }
    },
    evaluate: async (tree, mode, expression) => {
      const script = `
        const fs = require('node:fs')
        const codeOf = (act) => { try { act(); return 'done' } catch (error) { return error.code } }
        const load = async (path) => (await import(require('node:url').pathToFileURL(path))).handler()
        Promise.resolve(${expression}).then((value) => console.log(JSON.stringify(value)))`
      const node = tree.inside(process.execPath)
      return JSON.parse(await lab.run(tree, mode, [node, '--no-warnings', '-e', script]))
    },
    run: async ({ root, fstab, lateFstab = '' }, mode, command) => {
      // Whoever mounts a tree has built it.
      if (mode === 'user' && isRoot) execFileSync('chown', ['-R', '65534:65534', path])
      const { enter, drop } = LAUNCHERS[mode]
      const [file = '', ...args] = [
        ...enter,
        '/bin/sh',
        '-c',
        HOLDER,
        'holder',
        root,
        fstab,
        lateFstab,
      ]
      const options = { env: ENVIRONMENT, cwd: '/' }
      const { stdout } = await promisify(execFile)(file, [...args, ...drop, ...command], options)
      return stdout
    },
    dispose: () => rmSync(path, { recursive: true, force: true }),
  }
  return lab
}
