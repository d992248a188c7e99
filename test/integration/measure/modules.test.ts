import { afterEach, describe, expect, it } from 'vitest'
import { type ModuleReport, measureModules } from '../../../cli/measure/modules/measure-modules.ts'
import { createProject, type Project } from '../functions/project.ts'

const projects: Project[] = []
afterEach(() => {
  for (const project of projects.splice(0)) project.dispose()
})

/** Burns CPU; `burn` is declared where it is used. */
const burn = (ms: number): string =>
  `{ const begun = performance.now(); while (performance.now() - begun < ${ms}); }\n`

/** Packages of both module systems. `wrapper` imports `slow`. */
const PACKAGES = {
  'node_modules/slow/package.json': '{"name":"slow","main":"main.js"}',
  'node_modules/slow/main.js': `${burn(60)}exports.slow = 1\n`,
  'node_modules/quick/package.json': '{"name":"quick"}',
  'node_modules/quick/index.js': `${burn(5)}exports.quick = 1\n`,
  'node_modules/wrapper/package.json': '{"name":"wrapper"}',
  'node_modules/wrapper/index.js': `exports.slow = require('slow')\n${burn(15)}`,
  'node_modules/@new/slow/package.json': '{"type":"module","exports":"./index.js"}',
  'node_modules/@new/slow/index.js': `${burn(60)}export const slow = 1\n`,
  'node_modules/new-wrapper/package.json': '{"type":"module","exports":"./index.js"}',
  'node_modules/new-wrapper/index.js': `import { slow } from '@new/slow'\nexport { slow }\n${burn(15)}`,
}

function project(files: Readonly<Record<string, string>>): Project {
  const made = createProject({ ...PACKAGES, ...files })
  projects.push(made)
  return made
}

const measure = (
  { rootDir }: Project,
  handler: string,
  more: Partial<Parameters<typeof measureModules>[0]['input']> = {},
  starts = 1,
): Promise<ModuleReport> =>
  measureModules({ input: { name: 'measured', handler, rootDir, ...more } }, { starts })

interface Figures {
  readonly totalMs: number
  readonly selfMs: number
}

function figuresOf({ modules }: ModuleReport, name: string): Figures {
  return modules.find((each) => each.name === name) ?? expect.fail(`${name} was not measured`)
}

/** Every figure is at least what was burned, and the parts are in proportion. */
function expectFigures(report: ModuleReport, slow: string, wrapper: string, entry: string): void {
  expect(report.reason).toBeNull()
  expect(report.modules[0]?.name).toBe(slow)
  const [inner, outer, all] = [slow, wrapper, entry].map((name) => figuresOf(report, name))
  expect(inner?.selfMs).toBeGreaterThanOrEqual(60)
  expect(outer?.selfMs).toBeGreaterThanOrEqual(15)
  expect(outer?.selfMs).toBeLessThan(inner?.selfMs ?? 0)
  expect(outer?.totalMs).toBeGreaterThanOrEqual((inner?.totalMs ?? 0) + 15)
  expect(all?.totalMs).toBeGreaterThanOrEqual((outer?.totalMs ?? 0) + 30)
  for (const { totalMs, selfMs } of report.modules) expect(totalMs).toBeGreaterThanOrEqual(selfMs)
  expect(report.initCodeMs).toBeGreaterThanOrEqual(25)
  expect(report.moduleLoadMs).toBeGreaterThanOrEqual(75)
  expect(report.loadMs).toBeGreaterThanOrEqual(105)
}

// A busy machine may stop any module for longer than the slow one takes: then it is measured again.
// Time that goes to the wrong module goes there each time.
describe('the cost of modules', { retry: 4 }, () => {
  it('is measured in a CommonJS handler, strict as it is', async () => {
    const code = project({
      'index.cjs': `#!/usr/bin/env node
// A comment.
'use strict'
if ((function () { return this })() !== undefined) throw new Error('not strict')
const { quick } = require('quick')
require('http')
require('wrapper')
require('./own.cjs')
${burn(25)}
exports.handler = () => quick
`,
      'own.cjs': burn(10),
    })
    const report = await measure(code, 'index.handler')
    expectFigures(report, 'slow', 'wrapper', 'index.cjs')
    expect(figuresOf(report, 'own.cjs').selfMs).toBeGreaterThanOrEqual(10)
    expect(figuresOf(report, 'node:http').selfMs).toBeGreaterThan(0)
  })

  it('is measured in an ES module, with CommonJS under it and Node’s own modules', async () => {
    const code = project({
      'index.mjs': `#!/usr/bin/env node
import { createServer } from 'node:http'
import { quick } from 'quick'
import { slow } from 'new-wrapper'
import './own.mjs'
${burn(25)}
export const handler = () => [createServer, quick, slow]
`,
      'own.mjs': `import 'wrapper'\n${burn(10)}`,
    })
    const report = await measure(code, 'index.handler')
    expect(
      report.modules
        .slice(0, 2)
        .map(({ name }) => name)
        .sort(),
    ).toEqual(['@new/slow', 'slow'])
    expect(figuresOf(report, 'wrapper').totalMs).toBeGreaterThanOrEqual(75)
    expect(figuresOf(report, 'own.mjs').totalMs).toBeGreaterThanOrEqual(85)
    expect(figuresOf(report, 'new-wrapper').totalMs).toBeGreaterThanOrEqual(75)
    expect(figuresOf(report, 'index.mjs').totalMs).toBeGreaterThanOrEqual(190)
    expect(report.initCodeMs).toBeGreaterThanOrEqual(25)
    expect(figuresOf(report, 'node:http').selfMs).toBeGreaterThan(0)
    expect(report.initCodeMs).toBeLessThan(figuresOf(report, 'slow').selfMs)
    expect(report.moduleLoadMs).toBeGreaterThanOrEqual(165)
  })

  it('is measured in TypeScript that is bundled as an ES module, its own files apart', async () => {
    const code = project({
      'index.ts': `import { quick } from 'quick'
import { own } from './own.js'
${burn(25)}
export const handler = (): unknown => [quick, own]
`,
      'own.ts': `import { slow } from 'new-wrapper'\n${burn(10)}export const own: number = slow\n`,
    })
    const report = await measure(code, 'index.handler')
    expectFigures(report, '@new/slow', 'new-wrapper', 'index.ts')
    expect(figuresOf(report, 'own.ts').selfMs).toBeGreaterThanOrEqual(10)
    expect(figuresOf(report, 'own.ts').selfMs).toBeLessThan(60)
    expect(figuresOf(report, 'own.ts').totalMs).toBeGreaterThanOrEqual(85)
  })

  it('is measured in TypeScript that is bundled as CommonJS, with files that run on demand', async () => {
    const code = project({
      'package.json': '{}',
      'index.ts': `import { own } from './own'
import { old } from './old.cjs'
${burn(25)}
export const handler = (): unknown => [own, old]
`,
      'own.ts': `import { slow } from 'wrapper'\n${burn(10)}export const own: number = slow\n`,
      'old.cjs': `${burn(10)}exports.old = 1`,
    })
    const report = await measure(code, 'index.handler')
    expectFigures(report, 'slow', 'wrapper', 'index.ts')
    expect(figuresOf(report, 'old.cjs').selfMs).toBeGreaterThanOrEqual(10)
    expect(figuresOf(report, 'own.ts').totalMs).toBeGreaterThanOrEqual(85)
  })

  it('is of a start as a sandbox has it: environment, working directory, and nothing of ours', async () => {
    const code = project({
      'index.mjs': `import { argv, cwd, env } from 'node:process'
const seen = [cwd() === import.meta.dirname, env.GREETING, env._HANDLER, env.HOME, argv.length]
throw new Error(JSON.stringify(seen))
export const handler = 1
`,
    })
    const { reason } = await measure(code, 'index.handler', { environment: { GREETING: 'hi' } })
    expect(reason).toBe('Loading the handler failed: [true,"hi","index.handler",null,2]')
  })

  it('is not told apart where the handler’s code imports while it runs', async () => {
    const code = project({
      'index.mjs': `const { slow } = await import('@new/slow')\nexport const handler = () => slow\n`,
    })
    const report = await measure(code, 'index.handler')
    expect(report).toMatchObject({ reason: null, initCodeMs: null, moduleLoadMs: null })
    expect(report.loadMs).toBeGreaterThanOrEqual(60)
    expect(figuresOf(report, '@new/slow').selfMs).toBeGreaterThanOrEqual(60)
    expect(figuresOf(report, 'index.mjs').totalMs).toBeGreaterThanOrEqual(60)
  })

  it('is left out, with the reason, when loading fails, ends the process or never settles', async () => {
    const code = project({
      'throws.mjs': `throw new TypeError('no luck\\nat all')\nexport const handler = 1`,
      'exits.cjs': `process.exit(7)`,
      'unsettled.mjs': `await new Promise(() => {})\nexport const handler = 1`,
      'broken.ts': `import './gone.ts'`,
      'writes.cjs': `require('node:fs').writeSync(3, 'mine\\n')\nexports.handler = 1`,
    })
    const reasons = await Promise.all(
      ['throws', 'exits', 'writes', 'broken', 'absent'].map(async (name) => {
        const report = await measure(code, `${name}.handler`)
        expect(report).toMatchObject({ starts: 0, loadMs: null, initCodeMs: null, modules: [] })
        return report.reason
      }),
    )
    expect(reasons).toEqual([
      'Loading the handler failed: no luck',
      'The process ended with code 7 while loading',
      'The handler wrote to descriptors that are not its own',
      expect.stringContaining('./gone.ts'),
      expect.stringMatching(/^Handler file not found: absent\{/),
    ])
    const { reason } = await measure(code, 'unsettled.handler')
    expect(reason).toMatch(/^The process ended with code \d+ while loading$/)
  })

  it('is left out where the Node to measure cannot be started', async () => {
    const { rootDir } = project({ 'index.cjs': 'exports.handler = 1' })
    const input = { name: 'measured', handler: 'index.handler', rootDir }
    const { reason } = await measureModules({ input, nodePath: `${rootDir}/no-node` })
    expect(reason).toBe(`Node could not be started: spawn ${rootDir}/no-node ENOENT`)
  })

  it('is measured in a tree of thousands', async () => {
    const names = Array.from({ length: 2_000 }, (_, index) => `lib/a-file-of-many-${index}.cjs`)
    const code = project({
      ...Object.fromEntries(names.map((name) => [name, 'exports.a = 1'])),
      'index.cjs': `${names.map((name) => `require('./${name}')`).join('\n')}\nexports.handler = 1`,
    })
    const { reason, modules } = await measure(code, 'index.handler')
    expect(reason).toBeNull()
    expect(modules).toHaveLength(10)
  })

  it('is no longer measured once that is interrupted, however the code hangs', async () => {
    const code = project({ 'loops.cjs': 'for (;;);' })
    const interruption = new AbortController()
    const { rootDir } = code
    const measured = measureModules(
      { input: { name: 'loops', handler: 'loops.handler', rootDir } },
      { signal: interruption.signal },
    )
    interruption.abort()
    expect(await measured).toMatchObject({ starts: 0, reason: 'Interrupted' })
  })
})
