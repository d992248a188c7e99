import { execFile } from 'node:child_process'
import { chmodSync, copyFileSync, mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { PreparedCode } from '../../../runtime/functions/function-version.ts'
import { pathsToRead, unreadableFor } from '../../../runtime/host/isolation/readable.ts'
import { skipUnless } from '../../support/skip-unless.ts'
import { type Lab, type Mode, obstacleTo, openLab } from './root-tree-lab.ts'

let lab: Lab
const at = (name: string): string => join(lab.path, name)
beforeEach(() => {
  lab = openLab('/tmp')
  lab.write({ 'repo/fn/index.mjs': 'export const handler = () => 1' })
})
afterEach(() => lab.dispose())

describe('where paths of this machine are inside', () => {
  it('is at Lambda’s places for code, bundle and bootstrap, and else where they are', () => {
    mkdirSync(at('bundle'))
    const rootDir = at('repo/fn')
    const tree = lab.build({ rootDir, bundlePath: at('bundle') })
    expect(tree.inside(rootDir)).toBe('/var/task')
    expect(tree.inside(at('repo/fn/lib/x.mjs'))).toBe('/var/task/lib/x.mjs')
    expect(tree.inside(at('repo/fnord/x.mjs'))).toBe(at('repo/fnord/x.mjs'))
    expect(tree.inside(at('bundle/bundle.mjs'))).toBe('/var/runtime/bundle/bundle.mjs')
    expect(tree.inside(at('state/bootstrap/x.cjs'))).toBe('/var/runtime/bootstrap/x.cjs')
    expect(tree.inside(process.execPath)).toBe(process.execPath)
  })

  it('is the same for a path through a link', () => {
    lab.write({ link: '->repo' })
    const tree = lab.build({ rootDir: at('link/fn') })
    expect(tree.inside(at('link/fn'))).toBe('/var/task')
    expect(tree.inside(at('link/fn/index.mjs'))).toBe('/var/task/index.mjs')
    expect(tree.inside(at('repo/fn/index.mjs'))).toBe('/var/task/index.mjs')
  })
})

describe('what a user cannot read', () => {
  const NOBODY = [993, 990] as const
  const source = (): PreparedCode => ({
    rootDir: at('repo'),
    modulePath: at('repo/fn/index.mjs'),
    moduleFormat: 'module',
    exportPath: ['handler'],
    allowDefaultExport: false,
    sourceMaps: false,
    sha256: '',
  })

  it('is looked for on the way from the folder of the code to the module', () => {
    const [repo, fn, module] = ['repo', 'repo/fn', 'repo/fn/index.mjs'].map(at)
    expect(pathsToRead(source())).toEqual([repo, fn, module])
    const bundled = { bundlePath: at('b'), modulePath: at('b/bundle.mjs') }
    expect(pathsToRead({ ...source(), ...bundled })).toEqual([repo, at('b'), at('b/bundle.mjs')])
  })

  it.each([
    ['repo', 0o700, '0700'],
    ['repo', 0o754, '0754'],
    ['repo/fn', 0o751, '0751'],
    ['repo/fn/index.mjs', 0o640, '0640'],
  ])('is %s with mode %o', (name, mode, told) => {
    chmodSync(at(name), mode)
    expect(unreadableFor(...NOBODY, pathsToRead(source()))).toEqual({ path: at(name), mode: told })
  })

  it('is nothing where others may read files and enter folders', () => {
    for (const name of ['repo', 'repo/fn']) chmodSync(at(name), 0o705)
    chmodSync(at('repo/fn/index.mjs'), 0o604)
    expect(unreadableFor(...NOBODY, pathsToRead(source()))).toBeUndefined()
  })

  it('is told by the permissions of the owner or the group where it is that', () => {
    const [uid, gid] = [process.getuid?.() ?? 0, process.getgid?.() ?? 0]
    chmodSync(at('repo'), 0o750)
    expect(unreadableFor(uid, 990, [at('repo')])).toBeUndefined()
    expect(unreadableFor(993, gid, [at('repo')])).toBeUndefined()
    chmodSync(at('repo'), 0o057)
    const found = unreadableFor(uid, gid, [at('repo')])
    chmodSync(at('repo'), 0o755)
    expect(found).toEqual({ path: at('repo'), mode: '0057' })
  })
})

describe.each<Mode>(['root', 'user'])('mounted as %s', (mode) => {
  const obstacle = obstacleTo(mode)
  skipUnless(obstacle === undefined, obstacle ?? '')

  /** A Node that is not where the system has its programs. */
  function installNode(): string {
    const nodePath = at('installed/bin/node')
    mkdirSync(dirname(nodePath), { recursive: true })
    copyFileSync(process.execPath, nodePath)
    return nodePath
  }
  const execPathIn = (nodePath: string, hidden: string[]) => {
    const tree = lab.build({ rootDir: at('repo/fn'), nodePath, hidden })
    return lab.run(tree, mode, [tree.inside(nodePath), '-p', 'process.execPath'])
  }

  it('Node runs from where it is installed, also in the folder that becomes a /tmp', async () => {
    const nodePath = installNode()
    expect(await execPathIn(nodePath, [])).toBe(`${nodePath}\n`)
  })

  it('Node runs from Lambda’s place where its installation must not be shown', async () => {
    const nodePath = installNode()
    const hidden = [at('installed'), at('installed/bin')]
    expect(await execPathIn(nodePath, hidden)).toBe('/var/lang/bin/node\n')
  })

  describe('what is mounted in the code', () => {
    skipUnless(process.getuid?.() === 0, 'needs root, to mount something in a folder of code')

    it('is seen, and is as read-only as the code', async () => {
      const script = fileURLToPath(new URL('root-tree-submounts.ts', import.meta.url))
      const own = ['-m', '--propagation', 'private']
      const { stdout } = await promisify(execFile)('unshare', [
        ...own,
        ...[process.execPath, '--no-warnings', '--import', 'tsx', script, mode],
      ])
      const [data, deep] = [
        ['repo/data', 'EROFS'],
        ['repo/data/deep', 'EROFS'],
      ]
      expect(JSON.parse(stdout)).toEqual({ seen: [data, deep, data, deep], besideCovered: [] })
    })
  })
})
