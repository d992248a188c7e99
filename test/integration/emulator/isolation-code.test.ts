import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { skipUnless } from '../../support/skip-unless.ts'
import { LAUNCHER } from '../cli/run-sandlot.ts'
import { ask, confinementHere } from './isolation-lab.ts'
import { errorOf, useEmulators } from './use-emulator.ts'

const start = useEmulators()
const { mode } = await confinementHere()

const HANDLER =
  'import { name } from "greeter"\nexport const handler = async () => "hello " + name\n'

const PROJECT = {
  'package.json': '{"type":"module"}',
  'node_modules/greeter/package.json':
    '{"name":"greeter","type":"module","exports":"./index.js","types":"./index.d.ts"}',
  'node_modules/greeter/index.js': "export const name = 'from a package'\n",
  'node_modules/greeter/index.d.ts': 'export declare const name: string\n',
  'functions/javascript/index.mjs': HANDLER,
  'functions/typescript/index.ts': HANDLER.replace('async ()', 'async (_event: object)'),
  'functions/where/index.mjs':
    'export const handler = async () => ({ url: import.meta.url, cwd: process.cwd() })\n',
}

const folders: string[] = []
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true })
})

/** Of a project with packages in a folder above those of its functions. Returns that folder. */
function makeProject(parent: string): string {
  const project = mkdtempSync(join(parent, 'sandlot-project-'))
  folders.push(project)
  for (const [name, text] of Object.entries(PROJECT)) {
    mkdirSync(dirname(join(project, name)), { recursive: true })
    writeFileSync(join(project, name), text)
  }
  return join(project, 'functions')
}

const functionIn = (rootDir: string) => ({ name: 'confined', handler: 'index.handler', rootDir })

describe.each(['/var/tmp', tmpdir()])('code in a project below %s', (parent) => {
  skipUnless(existsSync(parent), `needs a folder ${parent}`)

  it.each(['javascript', 'typescript'])(
    'finds its packages in a folder above: %s',
    async (language) => {
      const under = await start([functionIn(join(makeProject(parent), language))])
      expect(await ask(under, {})).toBe('hello from a package')
    },
  )

  it('is at /var/task where there are namespaces', async () => {
    const rootDir = join(makeProject(parent), 'where')
    const under = await start([functionIn(rootDir)])
    const taskRoot = mode === 'plain' ? rootDir : '/var/task'
    expect(await ask(under, {})).toEqual({ url: `file://${taskRoot}/index.mjs`, cwd: taskRoot })
  })
})

describe('code that only its owner can read', () => {
  it('is refused at deployment where sandboxes have another user', async (context) => {
    context.skip(
      mode !== 'root',
      'needs root: otherwise a sandbox has the permissions of the owner',
    )
    const rootDir = join(makeProject(tmpdir()), 'where')
    const path = join(rootDir, 'index.mjs')
    chmodSync(path, 0o600)
    await expect(start([functionIn(rootDir)])).rejects.toMatchObject({
      code: 'InvalidHandler',
      message: `${path} cannot be read by the user that sandboxes run as (mode 0600)`,
      hint: `Run 'chmod -R o+rX ${rootDir}'; Lambda needs that, too.`,
    })
    chmodSync(path, 0o644)
    chmodSync(rootDir, 0o700)
    await expect(start([functionIn(rootDir)])).rejects.toThrow(
      `${rootDir} cannot be read by the user that sandboxes run as (mode 0700)`,
    )
  })

  it('works where sandboxes have its owner’s permissions', async (context) => {
    context.skip(mode === 'root', 'as root, sandboxes have another user')
    const rootDir = join(makeProject(tmpdir()), 'javascript')
    chmodSync(join(rootDir, 'index.mjs'), 0o600)
    const under = await start([functionIn(rootDir)])
    expect(await ask(under, {})).toBe('hello from a package')
  })

  it('is an error of the function when it is something that is loaded later', async (context) => {
    context.skip(
      mode !== 'root',
      'needs root: otherwise a sandbox has the permissions of the owner',
    )
    const rootDir = join(makeProject(tmpdir()), 'javascript')
    const { run } = await start([functionIn(rootDir)])
    chmodSync(join(rootDir, '../../node_modules/greeter/index.js'), 0o600)
    const result = await run('confined')
    expect(result.outcome).not.toBe('success')
    expect(errorOf(result).errorMessage).toContain('EACCES')
  })
})

describe('a controller whose files are for its owner only', () => {
  it('confines no less, and its sandboxes read what it has made', () => {
    const folder = mkdtempSync(join(tmpdir(), 'sandlot-umask-'))
    folders.push(folder)
    const functions = makeProject(tmpdir())
    const run = (...args: string[]) =>
      spawnSync('sh', ['-c', 'umask 077; exec "$@"', 'sh', process.execPath, LAUNCHER, ...args], {
        env: { ...process.env, TMPDIR: folder },
        encoding: 'utf8',
      }).stdout
    expect(JSON.parse(run('limits', '--json'))).toMatchObject({ mode })
    for (const path of ['javascript/index.mjs', 'typescript/index.ts']) {
      expect(JSON.parse(run('invoke', join(functions, path)))).toBe('hello from a package')
    }
  })
})
