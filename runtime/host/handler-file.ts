import { existsSync, readFileSync, statSync } from 'node:fs'
import { dirname, extname, join, relative, resolve } from 'node:path'
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
  const candidates = reference.isFile ? [base] : HANDLER_EXTENSIONS.map((ending) => base + ending)
  const path = candidates.find((candidate) => existsSync(candidate) && statSync(candidate).isFile())
  if (path === undefined) {
    const looked = reference.isFile
      ? reference.modulePath
      : `${reference.modulePath}{${HANDLER_EXTENSIONS.join(',')}}`
    throw new SandlotError('InvalidHandler', `Handler file not found: ${looked} in ${rootDir}`)
  }
  const ending = extname(path)
  return {
    path,
    label: relative(rootDir, path) || path,
    isTypeScript: ending.endsWith('ts'),
    format: formatOf(path, ending),
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
