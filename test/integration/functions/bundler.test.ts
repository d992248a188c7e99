import { execFile } from 'node:child_process'
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { build } from 'esbuild'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { createProject, type Project } from './project.ts'

vi.mock('esbuild', { spy: true })

const projects: Project[] = []
function project(files: Readonly<Record<string, string>>): Project {
  const created = createProject(files)
  projects.push(created)
  return created
}
afterEach(() => {
  for (const each of projects.splice(0)) each.dispose()
})

/** One package that is only an ES module, one that is only CommonJS, one that is both, one of data. */
const PACKAGES = {
  'node_modules/esm/package.json': '{"type":"module","exports":{"import":"./i.js"}}',
  'node_modules/esm/i.js': 'export const v = "esm " + import.meta.url.split("/").at(-2)',
  'node_modules/cjs/package.json': '{"main":"m.js"}',
  'node_modules/cjs/m.js': 'exports.v = "cjs " + __dirname.split("/").at(-1)',
  'node_modules/dual/package.json': '{"exports":{"import":"./i.mjs","require":"./r.cjs"}}',
  'node_modules/dual/i.mjs': 'export const v = "dual import"',
  'node_modules/dual/r.cjs': 'exports.v = "dual require"',
  'node_modules/data/package.json': '{"version":"1.2.3"}',
}

describe('a TypeScript bundle', () => {
  it('takes in relative modules, JSON and what tsconfig paths lead to', async () => {
    const sut = project({
      'tsconfig.json': '{"compilerOptions":{"paths":{"@lib/*":["./lib/*"]}}}',
      'package.json': '{"type":"module","imports":{"#own":"./own.ts"}}',
      'lib/a.ts': 'export enum A { X = 4 }',
      'own.ts': 'export const own = 5',
      'd.json': '{"n":6}',
      'index.ts': `
        import { A } from '@lib/a'
        import { own } from '#own'
        import data from './d.json' with { type: 'json' }
        export const handler = () => [A.X, own, data.n]`,
    })
    expect(await sut.answer()).toEqual([4, 5, 6])
  })

  it('may await at the top of an ES module, not of CommonJS', async () => {
    const text = 'const x = await Promise.resolve(7)\nexport const handler = () => x'
    expect(await project({ 'index.ts': text }).answer()).toBe(7)
    expect(await project({ 'index.cts': text }).refusal()).toMatch(
      /^InvalidHandler: \S+\/index\.cts:1:11: Top-level await is currently not supported/,
    )
  })

  it('leaves packages where they are, resolved from the source: ES module', async () => {
    const sut = project({
      ...PACKAGES,
      'index.ts': `
        import { v as esm } from 'esm'
        import { v as cjs } from 'cjs'
        import { v as dual } from 'dual'
        import data from 'data/package.json'
        import { createRequire } from 'node:module'
        const require = createRequire(import.meta.url)
        export const handler = async () =>
          [esm, cjs, dual, (await import('dual')).v, require('dual').v, data.version]`,
    })
    expect(await sut.answer()).toEqual([
      'esm esm',
      'cjs cjs',
      'dual import',
      'dual import',
      'dual require',
      '1.2.3',
    ])
    const bundle = readFileSync((await sut.prepare()).modulePath, 'utf8')
    expect(bundle).not.toContain('exports.v')
  })

  it('leaves packages where they are, resolved from the source: CommonJS', async () => {
    const sut = project({
      ...PACKAGES,
      'index.cts': `
        const cjs = require('cjs'), dual = require('dual'), data = require('data/package.json')
        const computed = require(['c', 'js'].join(''))
        exports.handler = async () =>
          [(await import('esm')).v, cjs.v, dual.v, computed === cjs, data.version]`,
    })
    const answer = ['esm esm', 'cjs cjs', 'dual require', true, '1.2.3']
    expect(await sut.answer()).toEqual(answer)
  })

  it('leaves native addons outside', async () => {
    const sut = project({
      'addon.node': 'not really',
      'index.cts': "exports.handler = () => require('./addon.node')",
    })
    const { thrown } = (await sut.answer()) as { thrown: string }
    expect(thrown).toContain(join(sut.rootDir, 'addon.node'))
  })

  it('leaves a package that is not there to be the function’s own error', async () => {
    const sut = project({ 'index.ts': "import 'absent'\nexport const handler = () => 1" })
    expect(await sut.answer()).toMatchObject({
      thrown: expect.stringContaining("Cannot find package 'absent'"),
    })
  })

  it.each(['index.ts', 'index.cts'])('of %s names the folders that it loads from', async (file) => {
    const sut = project({
      ...PACKAGES,
      '../lib/index.ts': "import 'far'\nimport './addon.node'",
      '../lib/addon.node': 'not really',
      '../lib/node_modules/far/package.json': '{"main":"m.js"}',
      '../lib/node_modules/far/m.js': '',
      [file]:
        "import 'cjs'\nimport 'absent'\nimport 'node:fs'\nimport '../lib'\nexport const handler = 1",
    })
    const { packageFolders } = await sut.prepare()
    const home = dirname(sut.rootDir)
    expect(packageFolders).toEqual([
      join(sut.rootDir, 'node_modules'),
      join(home, 'lib'),
      join(home, 'lib/node_modules'),
    ])
  })

  it('tells each module where its own source lies', async () => {
    const expression = '[import.meta.url, import.meta.dirname, import.meta.filename]'
    const sut = project({
      'lib/a.ts': `export const here = ${expression}`,
      'lib/b.cts': 'exports.here = [__dirname, __filename]',
      'index.ts': `
        import { here as a } from './lib/a.ts'
        import { here as b } from './lib/b.cts'
        const __dirname = 'my own'
        export const handler = () => [a, b, ${expression}, __dirname]`,
    })
    const place = (folder: string, name: string) => [join(folder, name), folder] as const
    const [index, root] = place(sut.rootDir, 'index.ts')
    const [a, lib] = place(join(sut.rootDir, 'lib'), 'a.ts')
    expect(await sut.answer()).toEqual([
      [pathToFileURL(a).href, lib, a],
      [lib, join(lib, 'b.cts')],
      [pathToFileURL(index).href, root, index],
      'my own',
    ])
  })

  it('keeps the names of classes, which are types of errors', async () => {
    const sut = project({
      'a.ts': 'export class Missing extends Error {}',
      'index.ts': `
        import { Missing as Other } from './a.ts'
        class Missing extends Error {}
        export const handler = () => [Missing.name, Other.name]`,
    })
    expect(await sut.answer()).toEqual(['Missing', 'Missing'])
  })

  it.each(['index.ts', 'index.cts'])(
    'leads stack traces to line and column of %s',
    async (file) => {
      const sut = project({
        [file]: `interface Gone {}\n\nexport const handler = () => {\n  throw new Error(__filename)\n}`,
      })
      const { thrown } = (await sut.answer()) as { thrown: string }
      expect(thrown).toContain(`${join(sut.rootDir, file)}:4:9`)
      const map = (await sut.prepare()).modulePath.replace(/\.[cm]js$/, '.map')
      const { sources, sourcesContent } = JSON.parse(readFileSync(map, 'utf8'))
      expect(sources).toEqual([pathToFileURL(join(sut.rootDir, file)).href])
      expect(sourcesContent[0]).toContain('interface Gone')
    },
  )
})

describe('the cache of bundles', () => {
  const INDEX = "import { v } from './v.ts'\nexport const handler = () => v"

  it('gives the same bundle for the same content, whatever the times of the files', async () => {
    const sut = project({ 'index.ts': INDEX, 'v.ts': 'export const v = 1' })
    const first = await sut.prepare()
    const made = statSync(first.modulePath).ino
    sut.write({ 'index.ts': INDEX, 'v.ts': 'export const v = 1' })
    expect(await sut.prepare()).toEqual(first)
    expect(statSync(first.modulePath).ino).toBe(made)
    expect(sut.cached()).toHaveLength(2)
  })

  it('does not start the bundler for unchanged sources', async () => {
    const sut = project({ 'index.ts': 'export const handler = () => 1' })
    await sut.prepare()
    vi.mocked(build).mockClear()
    await sut.prepare()
    expect(build).not.toHaveBeenCalled()
    sut.write({ 'index.ts': 'export const handler = () => 2' })
    await sut.prepare()
    expect(build).toHaveBeenCalled()
  })

  it('makes a new bundle when a source changes', async () => {
    const sut = project({ 'index.ts': INDEX, 'v.ts': 'export const v = 1' })
    const first = await sut.prepare()
    sut.write({ 'v.ts': 'export const v = 2' })
    expect(await sut.answer()).toBe(2)
    expect((await sut.prepare()).sha256).not.toBe(first.sha256)
  })

  it.each([
    ['JSON', { 'd.json': '{"v":1}' }, "import { v } from './d.json'", { 'd.json': '{"v":2}' }],
    [
      'a base of tsconfig',
      {
        'tsconfig.json': '{"extends": "./base"} // a comment',
        'base.json': '{"compilerOptions":{"paths":{"@v":["./one.ts"]}}}',
        'one.ts': 'export const v = 1',
        'two.ts': 'export const v = 2',
      },
      "import { v } from '@v'",
      { 'base.json': '{"compilerOptions":{"paths":{"@v":["./two.ts"]}}}' },
    ],
    [
      'a file that shadows a folder',
      { 'v/index.ts': 'export const v = 1' },
      "import { v } from './v'",
      { 'v.ts': 'export const v = 2' },
    ],
    [
      'the entry of a package',
      {
        'node_modules/p/package.json': '{"type":"module","main":"a.js"}',
        'node_modules/p/a.js': 'export const v = 1',
      },
      "import { v } from 'p'",
      {
        'node_modules/p/package.json': '{"type":"module","main":"b.js"}',
        'node_modules/p/b.js': 'export const v = 2',
      },
    ],
    [
      'a nearer copy of a package',
      {
        '../node_modules/@s/p/package.json': '{"type":"module","main":"a.js"}',
        '../node_modules/@s/p/a.js': 'export const v = 1',
      },
      "import { v } from '@s/p'",
      {
        'node_modules/@s/p/package.json': '{"type":"module","main":"a.js"}',
        'node_modules/@s/p/a.js': 'export const v = 2',
      },
    ],
  ])('makes a new bundle when this changes: %s', async (_what, before, line, after) => {
    const sut = project({
      ...(before as Record<string, string>),
      'index.ts': `${line}\nexport const handler = () => v`,
    })
    expect(await sut.answer()).toBe(1)
    sut.write(after as Record<string, string>)
    expect(await sut.answer()).toBe(2)
  })

  it('finds a package that is installed after the first try', async () => {
    const sut = project({ 'index.ts': "import { v } from 'late'\nexport const handler = () => v" })
    expect(await sut.answer()).toHaveProperty('thrown')
    sut.write({
      'node_modules/late/package.json': '{"type":"module","main":"i.js"}',
      'node_modules/late/i.js': 'export const v = 1',
    })
    expect(await sut.answer()).toBe(1)
  })

  it('follows the type of the package', async () => {
    const sut = project({ 'index.ts': 'export const handler = () => 1' })
    expect((await sut.prepare()).modulePath).toMatch(/\.mjs$/)
    sut.write({ 'package.json': '{"type":"commonjs"}' })
    expect((await sut.prepare()).modulePath).toMatch(/\.cjs$/)
  })

  it.each(['', 'null', '{"inputs":'])('does without a damaged manifest: %j', async (text) => {
    const sut = project({ 'index.ts': 'export const handler = () => 1' })
    const first = await sut.prepare()
    const manifest = sut.cached().find((name) => name.endsWith('.json')) ?? ''
    writeFileSync(join(sut.cachePath, manifest), text)
    expect(await sut.prepare()).toEqual(first)
  })

  it('is whole for several who prepare at once, and keeps no scraps', async () => {
    const sut = project({ 'index.ts': 'export const handler = () => 1' })
    const all = await Promise.all(Array.from({ length: 4 }, () => sut.prepare()))
    for (const each of all) expect(each).toEqual(all[0])
    expect(await sut.answer()).toBe(1)
    expect(sut.cached().filter((name) => name.endsWith('.tmp'))).toEqual([])
    expect(readdirSync(all[0]?.bundlePath ?? '')).toEqual(['bundle.map', 'bundle.mjs'])
  })

  it('gives each bundle a folder of its own that everybody can read, whatever the umask', async () => {
    const sut = project({ 'index.ts': 'export const handler = () => 1' })
    const usual = process.umask(0o077)
    const { bundlePath = '', modulePath } = await sut.prepare().finally(() => process.umask(usual))
    expect(dirname(modulePath)).toBe(bundlePath)
    expect(readdirSync(bundlePath)).toEqual(['bundle.map', 'bundle.mjs'])
    const modes = [bundlePath, modulePath, join(bundlePath, 'bundle.map')].map(
      (path) => statSync(path).mode & 0o777,
    )
    expect(modes).toEqual([0o755, 0o644, 0o644])
  })

  it('lets the process end, with no bundler left behind', async () => {
    const sut = project({ 'index.ts': 'export const handler = () => 1' })
    const { href } = new URL('../../../runtime/host/code-package.ts', import.meta.url)
    const source = { handler: 'index.handler', rootDir: sut.rootDir, cachePath: sut.cachePath }
    const script = `
      const { prepareCode } = await import(${JSON.stringify(href)})
      const { modulePath } = await prepareCode(${JSON.stringify(source)})
      process.stdout.write(modulePath)`
    const args = ['--no-warnings', '--import', 'tsx', '--input-type=module', '-e', script]
    const options = { cwd: fileURLToPath(new URL('../../..', import.meta.url)), timeout: 20_000 }
    // It settles only when nobody holds the output any more: neither the process nor a child of it.
    const { stdout } = await promisify(execFile)(process.execPath, args, options)
    expect(stdout).toBe((await sut.prepare()).modulePath)
  })
})
