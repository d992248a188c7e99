import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

/** A file of the project. `path` is relative to its root, with slashes: `runtime/kernel/ids.ts`. */
export interface Source {
  readonly path: string
  readonly text: string
}

/** What is wrong in these files, one line each, with path and line: empty when all is well. */
export type Rule = (sources: readonly Source[]) => string[]

export const ROOT = resolve(import.meta.dirname, '../..')

const FOLDERS = ['runtime', 'handlers', 'cli', 'test']
/** Handlers that are wrong on purpose, and the code of users that some tests need. */
const FIXTURES = 'test/fixtures/handlers/'

/** Every source file of the project. */
export const readSources = (): Source[] =>
  FOLDERS.flatMap((folder) => filesIn(folder))
    .filter((path) => /\.[cm]?[jt]s$/.test(path) && !path.startsWith(FIXTURES))
    .map((path) => ({ path, text: readText(path) }))

export const readText = (path: string): string => readFileSync(join(ROOT, path), 'utf8')

export const filesIn = (folder: string): string[] =>
  readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(ROOT.length + 1)
        .replaceAll('\\', '/'),
    )
    .sort()
