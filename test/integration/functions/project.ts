import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import type { PreparedCode } from '../../../runtime/functions/function-version.ts'
import { prepareCode } from '../../../runtime/host/code-package.ts'

/** A folder with sources, and one for the bundles made of them. */
export interface Project {
  readonly rootDir: string
  readonly cachePath: string
  write(files: Readonly<Record<string, string>>): void
  remove(path: string): void
  /** Prepares a handler; default `index.handler`. */
  prepare(handler?: string): Promise<PreparedCode>
  /** What the handler answers, in a Node of its own that looks at nothing but the prepared code. */
  answer(handler?: string): Promise<unknown>
  /** The message that preparing fails with. */
  refusal(handler?: string): Promise<string>
  cached(): string[]
  dispose(): void
}

/** ES modules unless the files say otherwise. */
export function createProject(files: Readonly<Record<string, string>>): Project {
  const home = realpathSync(mkdtempSync(join(tmpdir(), 'sandlot-test-')))
  const rootDir = join(home, 'code')
  const cachePath = join(home, 'cache')
  const project: Project = {
    rootDir,
    cachePath,
    write: (changed) => {
      for (const [name, text] of Object.entries(changed)) {
        mkdirSync(dirname(join(rootDir, name)), { recursive: true })
        writeFileSync(join(rootDir, name), text)
      }
    },
    remove: (path) => rmSync(join(rootDir, path), { recursive: true }),
    prepare: (handler = 'index.handler') => prepareCode({ handler, rootDir, cachePath }),
    answer: async (handler) => run(await project.prepare(handler), home),
    refusal: async (handler) => {
      const failure = await project.prepare(handler).then(
        () => undefined,
        (error: unknown) => error,
      )
      if (!(failure instanceof Error)) throw new Error('it was not refused')
      return `${(failure as { code?: string }).code}: ${failure.message}`
    },
    cached: () => readdirSync(cachePath).sort(),
    dispose: () => rmSync(home, { recursive: true, force: true }),
  }
  project.write({ 'package.json': '{"type":"module"}', ...files })
  return project
}

const LOADER = `
const { modulePath, moduleFormat, exportPath } = JSON.parse(process.argv[1])
process.setSourceMapsEnabled(true)
const load = async () => {
  const module = moduleFormat === 'commonjs' ? require(modulePath) : await import(modulePath)
  const handler = exportPath.reduce((value, name) => value?.[name], module) ?? module.default ?? module
  return handler()
}
load().then(
  (value) => process.stdout.write(JSON.stringify({ value })),
  (error) => process.stdout.write(JSON.stringify({ value: { thrown: error.stack } })),
)`

async function run(code: PreparedCode, cwd: string): Promise<unknown> {
  const args = ['--no-warnings', '-e', LOADER, JSON.stringify(code)]
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd, env: {} })
  return (JSON.parse(stdout) as { value: unknown }).value
}
