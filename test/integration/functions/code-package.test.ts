import { symlinkSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { prepareCode } from '../../../runtime/host/code-package.ts'
import { createProject, type Project } from './project.ts'

const projects: Project[] = []
function project(files: Readonly<Record<string, string>>): Project {
  const created = createProject(files)
  projects.push(created)
  return created
}
afterEach(() => {
  for (const each of projects.splice(0)) each.dispose()
})

const COMMONJS = { 'package.json': '{}' }

describe('a handler’s file', () => {
  it('is looked for in Lambda’s order, JavaScript first', async () => {
    const files = ['js', 'mjs', 'cjs', 'ts', 'mts', 'cts'].map((ending) => `index.${ending}`)
    const texts = files.map((name) => [
      name,
      name.includes('c')
        ? `exports.handler = () => '${name}'`
        : `export const handler = () => '${name}'`,
    ])
    const sut = project(Object.fromEntries(texts))
    for (const name of files) {
      expect(await sut.answer()).toBe(name)
      sut.remove(name)
    }
    expect(await sut.refusal()).toBe(
      `InvalidHandler: Handler file not found: index{.js,.mjs,.cjs,.ts,.mts,.cts} in ${sut.rootDir}`,
    )
  })

  it('may be the index of a folder', async () => {
    const sut = project({ 'src/users/index.ts': 'export const handler = () => 1' })
    expect(await sut.answer('src/users.handler')).toBe(1)
  })

  it.each([
    ['.js', {}, 'module'],
    ['.js', COMMONJS, 'commonjs'],
    ['.mjs', COMMONJS, 'module'],
    ['.cjs', {}, 'commonjs'],
    ['.ts', {}, 'module'],
    ['.ts', COMMONJS, 'commonjs'],
    ['.mts', COMMONJS, 'module'],
    ['.cts', {}, 'commonjs'],
  ])('ending in %s beside %j is a %s', async (ending, packageFile, format) => {
    const text =
      format === 'module' ? 'export const handler = () => 1' : 'exports.handler = () => 1'
    const sut = project({ ...packageFile, [`index${ending}`]: text })
    expect((await sut.prepare()).moduleFormat).toBe(format)
    expect(await sut.answer()).toBe(1)
  })

  it('follows the nearest package.json', async () => {
    const sut = project({
      'package.json': '{"type":"module"}',
      'old/package.json': '{"name":"old"}',
      'old/index.js': 'exports.handler = () => typeof require',
    })
    expect(await sut.answer('old/index.handler')).toBe('function')
  })

  it('that is not there is refused with the one that was meant', async () => {
    const sut = project({ 'hello.ts': 'export const handler = () => 1', 'dir.ts/x': '' })
    expect(await sut.refusal('helo.handler')).toBe(
      `InvalidHandler: Handler file not found: helo{.js,.mjs,.cjs,.ts,.mts,.cts} in ${sut.rootDir} (did you mean 'hello'?)`,
    )
    expect(await sut.refusal('helo.ts')).toBe(
      `InvalidHandler: Handler file not found: helo.ts in ${sut.rootDir} (did you mean 'hello.ts'?)`,
    )
    expect(await sut.refusal('dir.ts')).toBe(
      `InvalidHandler: Handler file not found: dir.ts in ${sut.rootDir}`,
    )
    expect(await sut.refusal('hello.ts/x.handler')).toBe(
      `InvalidHandler: Handler file not found: hello.ts/x{.js,.mjs,.cjs,.ts,.mts,.cts} in ${sut.rootDir}`,
    )
    expect(await sut.refusal('no/such.handler')).toBe(
      `InvalidHandler: Handler file not found: no/such{.js,.mjs,.cjs,.ts,.mts,.cts} in ${sut.rootDir}`,
    )
  })
})

describe('a handler’s export', () => {
  it('may lie deep in an object', async () => {
    const sut = project({ 'index.ts': 'export const api = { users: { get: () => 1 } }' })
    expect(await sut.answer('index.api.users.get')).toBe(1)
  })

  it('is handler or the default for the path of a file', async () => {
    const sut = project({
      'a.ts': 'export const handler = () => 1',
      'b.ts': 'export default () => 2',
      'c.cts': 'module.exports = () => 3',
    })
    expect(await sut.answer('a.ts')).toBe(1)
    expect(await sut.answer('b.ts')).toBe(2)
    expect(await sut.answer('c.cts')).toBe(3)
    expect((await sut.prepare('a.ts')).allowDefaultExport).toBe(true)
    expect((await sut.prepare('a.handler')).allowDefaultExport).toBe(false)
  })

  it.each(['index.ts', 'index.mjs'])(
    'that %s certainly lacks is refused with those it has',
    async (file) => {
      const sut = project({ [file]: 'export const handlr = 1\nexport const other = 2' })
      expect(await sut.refusal()).toBe(
        `InvalidHandler: Handler not found: ${file} must export 'handler'; it exports 'handlr', 'other' (did you mean 'handlr'?)`,
      )
      expect(await sut.refusal(file)).toBe(
        `InvalidHandler: Handler not found: ${file} must export 'handler' or a default export; it exports 'handlr', 'other' (did you mean 'handlr'?)`,
      )
      sut.write({ [file]: 'console.log(1)' })
      expect(await sut.refusal()).toBe(
        `InvalidHandler: Handler not found: ${file} must export 'handler'; it exports nothing`,
      )
    },
  )

  it.each([
    ['index.ts', "export * from './other.ts'"],
    ['index.js', "export * from './other.mjs'"],
    ['index.cjs', 'Object.assign(exports, make())'],
    ['index.cts', 'Object.assign(exports, make())'],
  ])('that only running %s can show is not refused: %s', async (file, text) => {
    const sut = project({
      [file]: text,
      'other.ts': 'export const x = 1',
      'other.mjs': 'export const x = 1',
    })
    await expect(sut.prepare()).resolves.toMatchObject({ exportPath: ['handler'] })
  })
})

describe('a folder of code', () => {
  it('that is a link is the folder that it leads to, where Node looks for packages', async () => {
    const sut = project({
      'index.ts': 'export const handler = () => __dirname',
      'plain.mjs': 'export const handler = () => 1',
    })
    const link = join(dirname(sut.cachePath), 'link')
    symlinkSync(sut.rootDir, link)
    const source = { rootDir: link, cachePath: sut.cachePath }
    const plain = await prepareCode({ ...source, handler: 'plain.handler' })
    expect(plain).toMatchObject({ rootDir: sut.rootDir, modulePath: `${sut.rootDir}/plain.mjs` })
    const bundled = await prepareCode({ ...source, handler: 'index.handler' })
    expect(bundled).toEqual(await sut.prepare())
    expect(await sut.answer()).toBe(sut.rootDir)
  })

  it('that is not there is told as it was given', async () => {
    const { cachePath } = project({})
    const rootDir = join(dirname(cachePath), 'none')
    await expect(prepareCode({ handler: 'a.b', rootDir, cachePath })).rejects.toThrow(
      `Handler file not found: a{.js,.mjs,.cjs,.ts,.mts,.cts} in ${rootDir}`,
    )
  })
})

describe('JavaScript', () => {
  it('runs from its source, with nothing in the cache', async () => {
    const sut = project({ 'index.mjs': 'export const handler = () => import.meta.url' })
    const code = await sut.prepare()
    expect(code).toMatchObject({ modulePath: `${sut.rootDir}/index.mjs`, sourceMaps: false })
    expect(code).not.toHaveProperty('bundlePath')
    expect(() => sut.cached()).toThrow('ENOENT')
  })

  it.each([
    ['a with statement', 'with ({}) {}'],
    ['a deleted variable', 'var x = 1; delete x'],
    ['an octal number', 'var x = 010'],
    ['await as a name', 'var await = 1'],
    ['a top-level return', 'if (exports.handler) return'],
  ])('may be as sloppy as Node lets a script be: %s', async (_what, line) => {
    const sut = project({ ...COMMONJS, 'index.js': `exports.handler = () => 1\n${line}` })
    expect(await sut.answer()).toBe(1)
  })

  it('may begin with #!', async () => {
    const sut = project({ 'index.cjs': '#!/usr/bin/env node\nexports.handler = () => 1' })
    expect(await sut.answer()).toBe(1)
  })

  it('of the same content has the same hash, in base64', async () => {
    const sut = project({ 'a.cjs': 'exports.handler = 1', 'b.cjs': 'exports.handler = 1' })
    const [a, b] = await Promise.all([sut.prepare('a.handler'), sut.prepare('b.handler')])
    expect(a.sha256).toMatch(/^[A-Za-z0-9+/]{43}=$/)
    expect(b.sha256).toBe(a.sha256)
    sut.write({ 'a.cjs': 'exports.handler = 2' })
    expect((await sut.prepare('a.handler')).sha256).not.toBe(b.sha256)
  })
})

describe('a syntax error', () => {
  it.each(['index.mjs', 'index.cjs', 'index.ts', 'index.cts'])(
    'in %s is told with file, line and column, in one line',
    async (file) => {
      const sut = project({ [file]: '// first\n\nlet x = ;\n' })
      const path = relative('', `${sut.rootDir}/${file}`)
      expect(await sut.refusal()).toBe(`InvalidHandler: ${path}:3:9: Unexpected ";"`)
    },
  )

  it('in a module that TypeScript imports names that module', async () => {
    const sut = project({
      'index.ts': "import './lib/broken.ts'\nexport const handler = () => 1",
      'lib/broken.ts': 'let = = 1',
    })
    expect(await sut.refusal()).toMatch(
      /^InvalidHandler: \S+\/lib\/broken\.ts:1:7: Unexpected "="$/,
    )
  })

  it('is the same for a relative import that leads nowhere', async () => {
    const sut = project({ 'index.ts': "import './nope.ts'\nexport const handler = () => 1" })
    expect(await sut.refusal()).toMatch(
      /^InvalidHandler: \S+\/index\.ts:1:8: Could not resolve "\.\/nope\.ts"$/,
    )
  })
})
