import { mkdirSync, readdirSync, statSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { prepareCode } from '../../../runtime/host/code-package.ts'
import { skipUnless } from '../../support/skip-unless.ts'
import { type Lab, type Mode, obstacleTo, openLab } from './root-tree-lab.ts'

const PACKAGE = '{"main":"i.cjs"}'

/** A workspace with packages at its top, a function that has none of its own, and a neighbour. */
const WORKSPACE = {
  'repo/package.json': '{"type":"module","workspaces":["packages/*"]}',
  'repo/node_modules/dep/package.json': PACKAGE,
  'repo/node_modules/dep/i.cjs': 'exports.dep = "dep"',
  'repo/node_modules/@me/lib': '->../../packages/lib',
  'repo/packages/lib/package.json': '{"main":"i.js","type":"module"}',
  'repo/packages/lib/i.js': 'export { dep as lib } from "dep"',
  'repo/packages/fn #1 "é"/index.js': `
    import { dep } from 'dep'
    import { lib } from '@me/lib'
    export const handler = () => [dep, lib, import.meta.dirname ?? import.meta.url, process.cwd()]`,
  'repo/packages/fn #1 "é"/bundled.ts': `
    import { dep } from 'dep'
    import { lib } from '@me/lib'
    import { readFileSync } from 'node:fs'
    export const handler = () => [dep, lib, readFileSync(__dirname + '/data.txt', 'utf8')]`,
  'repo/packages/fn #1 "é"/data.txt': 'data',
  'repo/packages/fn #1 "é"/secret/key.txt': 'hidden in the code',
  'repo/secret/key.txt': 'hidden in the project',
  'neighbour/file.txt': 'not of the project',
}

describe.each<Mode>(['root', 'user'])('a root tree, mounted as %s', (mode) => {
  const obstacle = obstacleTo(mode)
  skipUnless(obstacle === undefined, obstacle ?? '')

  describe.each(['/tmp', '/var/tmp'])('of a project below %s', (parent) => {
    let lab: Lab
    let rootDir: string
    const files = (...names: string[]) => names.map((name) => join(lab.path, name))

    beforeAll(() => {
      lab = openLab(parent)
      lab.write(WORKSPACE)
      rootDir = join(lab.path, 'repo/packages/fn #1 "é"')
    })
    afterAll(() => lab.dispose())

    const build = () =>
      lab.build({
        rootDir,
        hidden: [...files('state', 'repo/secret'), join(rootDir, 'secret')],
      })

    it('has the code at /var/task, where it finds the packages of its workspace', async () => {
      const tree = build()
      const modulePath = join(rootDir, 'index.js')
      expect(tree.inside(modulePath)).toBe('/var/task/index.js')
      const [dep, lib, place, cwd] = (await lab.evaluate(
        tree,
        mode,
        `load(${JSON.stringify(tree.inside(modulePath))})`,
      )) as string[]
      expect([dep, lib, cwd]).toEqual(['dep', 'dep', '/var/task'])
      expect(['/var/task', 'file:///var/task/index.js']).toContain(place)
    })

    it('has a bundle, and what it names by paths of this machine', async () => {
      const cachePath = join(lab.path, 'state/cache')
      const code = await prepareCode({ handler: 'bundled.handler', rootDir, cachePath })
      const { bundlePath, packageFolders } = code
      const tree = lab.build({ rootDir, bundlePath, packageFolders })
      const modulePath = tree.inside(code.modulePath)
      expect(modulePath).toBe('/var/runtime/bundle/bundle.mjs')
      expect(await lab.evaluate(tree, mode, `load('${modulePath}')`)).toEqual([
        'dep',
        'dep',
        'data',
      ])
    })

    it('is all read-only but /tmp, which starts empty but for the way to the project', async () => {
      const places = ['/', '/var/task/', '/usr/', '/etc/', '/dev/', '/var/runtime/', `${rootDir}/`]
      const expression = `[
        ${JSON.stringify(places)}.map((at) => codeOf(() => fs.writeFileSync(at + 'new', ''))),
        codeOf(() => fs.writeFileSync('/tmp/new', '')),
        codeOf(() => fs.writeFileSync('/dev/null', 'x')),
        // Node itself may lie below this machine's /tmp.
        fs.readdirSync('/tmp')
          .filter((name) => name !== 'new' && !process.execPath.startsWith('/tmp/' + name + '/')),
      ]`
      expect(await lab.evaluate(build(), mode, expression)).toEqual([
        places.map(() => 'EROFS'),
        'done',
        'done',
        parent === '/tmp' ? [lab.path.slice('/tmp/'.length)] : [],
      ])
    })

    it('shows nothing else of this machine', async () => {
      const expression = `[
        fs.readdirSync('/').sort(),
        fs.readdirSync('/var').sort(),
        fs.readdirSync('/var/runtime').sort(),
        fs.readdirSync(${JSON.stringify(lab.path)}),
        fs.existsSync(${JSON.stringify(homedir())}),
        fs.readdirSync('/proc').filter((name) => /^\\d+$/.test(name)),
        fs.readdirSync('/dev').sort(),
      ]`
      const [root, ...rest] = (await lab.evaluate(build(), mode, expression)) as string[][]
      const expected = ['bin', 'dev', 'etc', 'lib', 'opt', 'proc', 'sbin', 'tmp', 'usr', 'var']
      expect(root?.filter((name) => !/^lib.+/.test(name))).toEqual(expected)
      expect(rest).toEqual([
        ['node_modules', 'package.json', 'runtime', 'task']
          .concat(parent === '/tmp' ? [] : 'tmp')
          .sort(),
        ['bootstrap'],
        ['repo'],
        false,
        ['1'],
        'fd full null random stderr stdin stdout urandom zero'.split(' '),
      ])
    })

    it('shows hidden folders as empty ones that nobody can write to', async () => {
      const paths = [...files('repo/secret'), join(rootDir, 'secret'), '/var/task/secret']
      const expression = `${JSON.stringify(paths)}.map((at) =>
        [fs.readdirSync(at), codeOf(() => fs.writeFileSync(at + '/new', ''))])`
      expect(await lab.evaluate(build(), mode, expression)).toEqual(paths.map(() => [[], 'EROFS']))
    })

    it('binds again what is needed in a hidden folder', async () => {
      const hidden = files('repo')
      const tree = lab.build({
        rootDir: lab.path,
        hidden,
        packageFolders: files('repo/node_modules'),
      })
      const expression = `[
        fs.readdirSync(${JSON.stringify(hidden[0])}),
        fs.readdirSync(${JSON.stringify(join(hidden[0] ?? '', 'node_modules'))}).sort(),
        fs.readdirSync('/var/task/repo'),
        codeOf(() => fs.writeFileSync(${JSON.stringify(`${hidden[0]}/new`)}, '')),
      ]`
      const visible = [['node_modules'], ['@me', 'dep'], [], 'EROFS']
      expect(await lab.evaluate(tree, mode, expression)).toEqual(visible)
    })

    it('loads from its own place what has links that lead out of the code', async () => {
      lab.write({
        'pnpm/node_modules/.pnpm/x@1/node_modules/x/package.json': PACKAGE,
        'pnpm/node_modules/.pnpm/x@1/node_modules/x/i.cjs': 'exports.x = require("y").y',
        'pnpm/node_modules/.pnpm/x@1/node_modules/y': '->../../y@1/node_modules/y',
        'pnpm/node_modules/.pnpm/y@1/node_modules/y/package.json': PACKAGE,
        'pnpm/node_modules/.pnpm/y@1/node_modules/y/i.cjs': 'exports.y = "y"',
        'pnpm/fn/node_modules/x': '->../../node_modules/.pnpm/x@1/node_modules/x',
        'pnpm/fn/node_modules/far': '->../../../far/far',
        'far/far/package.json': PACKAGE,
        'far/far/i.cjs': 'exports.far = "far"',
        'pnpm/fn/index.mjs':
          'import { x } from "x"\nimport { far } from "far"\nexport const handler = () => [x, far]',
      })
      const [code = ''] = files('pnpm/fn')
      const tree = lab.build({ rootDir: code })
      const modulePath = tree.inside(join(code, 'index.mjs'))
      expect([modulePath, tree.inside(code)]).toEqual([join(code, 'index.mjs'), '/var/task'])
      const expression = `load(${JSON.stringify(modulePath)})`
      expect(await lab.evaluate(tree, mode, expression)).toEqual(['y', 'far'])
    })
  })

  describe('as a system', () => {
    let lab: Lab
    beforeAll(() => {
      lab = openLab('/tmp')
      lab.write({ 'code/index.mjs': 'export const handler = () => 1' })
    })
    afterAll(() => lab.dispose())

    it('knows its user and names, and has a shell', async () => {
      const tree = lab.build({ rootDir: join(lab.path, 'code') })
      const command = 'id -u; id -un; id -gn; pwd; getent hosts sandbox.localdomain | cut -d" " -f1'
      const said = await lab.run(tree, mode, ['/bin/sh', '-c', command])
      expect(said.split('\n').slice(0, 4)).toEqual([
        '993',
        'sbx_user1051',
        'sbx_user1051',
        '/var/task',
      ])
      expect(said).toContain('127.0.0.1')
    })

    it('leaves this machine as it was: nothing is mounted and nothing written', async () => {
      const tree = lab.build({ rootDir: join(lab.path, 'code') })
      await lab.evaluate(tree, mode, '1')
      expect(readdirSync(join(tree.root, 'tmp'))).toEqual([])
      expect(readdirSync(join(tree.root, 'usr'))).toEqual([])
      expect(readdirSync(join(lab.path, 'code'))).toEqual(['index.mjs'])
    })

    it('is refused by the system where a folder of it is gone, with its name', async () => {
      mkdirSync(join(lab.path, 'gone'))
      const tree = lab.build({ rootDir: join(lab.path, 'gone') })
      lab.remove('gone')
      await expect(lab.evaluate(tree, mode, '1')).rejects.toThrow(
        `special device ${lab.path}/gone does not exist`,
      )
    })

    it('is made of folders and files that everybody can read, whatever the umask', () => {
      const { root } = lab.build({ rootDir: join(lab.path, 'code') })
      const modes = ['', 'var/task', 'tmp', 'etc/passwd', 'dev/null'].map(
        (name) => statSync(join(root, name)).mode & 0o777,
      )
      expect(modes).toEqual([0o755, 0o755, 0o755, 0o644, 0o644])
    })
  })
})
