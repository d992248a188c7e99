import { readdirSync, readFileSync, statSync } from 'node:fs'
import { basename, dirname, extname, join, relative, resolve } from 'node:path'
import { didYouMean } from '../functions/did-you-mean.ts'
import { HANDLER_EXTENSIONS, type HandlerReference } from '../functions/handler-string.ts'
import { SandlotError } from '../kernel/errors.ts'

/** A handler's source file and how Node treats it. */
export interface HandlerFile {
  /** Absolute. */
  readonly path: string
  /** As the user may call it: relative to the code root. */
  readonly label: string
  readonly isTypeScript: boolean
  readonly format: 'module' | 'commonjs'
}

/**
 * Finds the file that a handler string means.
 *
 * @throws SandlotError `InvalidHandler` naming what was looked for.
 */
export function findHandlerFile(rootDir: string, reference: HandlerReference): HandlerFile {
  const base = resolve(rootDir, reference.modulePath)
  const candidates = reference.isFile
    ? [base]
    : [base, join(base, 'index')].flatMap((each) => HANDLER_EXTENSIONS.map((end) => each + end))
  const path = candidates.find(isFile)
  if (path === undefined) {
    const looked = reference.isFile
      ? reference.modulePath
      : `${reference.modulePath}{${HANDLER_EXTENSIONS.join(',')}}`
    const guess = didYouMean(basename(base), namesBeside(base, reference.isFile))
    throw new SandlotError(
      'InvalidHandler',
      `Handler file not found: ${looked} in ${rootDir}${guess}`,
    )
  }
  const ending = extname(path)
  return {
    path,
    label: relative(rootDir, path) || path,
    isTypeScript: ending.endsWith('ts'),
    format: formatOf(path, ending),
  }
}

/** Whatever stands in the way, a file's folder being a file for one: there is no such file. */
export function isFile(path: string): boolean {
  try {
    return statSync(path).isFile()
  } catch {
    return false
  }
}

/** Names in the folder where the file should be; without their endings unless the handler has one. */
function namesBeside(base: string, withEnding: boolean): string[] {
  try {
    return readdirSync(dirname(base), { withFileTypes: true })
      .flatMap((entry) => (entry.isDirectory() ? [] : [entry.name]))
      .filter((name) => HANDLER_EXTENSIONS.some((ending) => name.endsWith(ending)))
      .map((name) => (withEnding ? name : name.slice(0, -extname(name).length)))
  } catch {
    return []
  }
}

/** The ending decides; `.js` and `.ts` ask the nearest package.json, as Node does. */
function formatOf(path: string, ending: string): 'module' | 'commonjs' {
  if (ending === '.mjs' || ending === '.mts') return 'module'
  if (ending === '.cjs' || ending === '.cts') return 'commonjs'
  for (let dir = dirname(path); ; dir = dirname(dir)) {
    const type = packageTypeIn(dir)
    if (type !== undefined) return type
    if (dir === dirname(dir)) return 'commonjs'
  }
}

function packageTypeIn(dir: string): 'module' | 'commonjs' | undefined {
  try {
    const { type } = JSON.parse(readFileSync(join(dir, 'package.json'), 'utf8')) as {
      type?: unknown
    }
    return type === 'module' ? 'module' : 'commonjs'
  } catch {
    return undefined
  }
}
