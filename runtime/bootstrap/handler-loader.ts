import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import type { InitMessage } from '../runtime-api/protocol.ts'
import { runtimeError } from './error-serializer.ts'

export type Handler = (event: unknown, context: unknown, callback: unknown) => unknown

/**
 * Loads the module and finds the handler in it.
 *
 * @throws Error named as Lambda names it: `Runtime.ImportModuleError`, `Runtime.UserCodeSyntaxError`,
 *   `Runtime.HandlerNotFound`, or whatever the module itself threw.
 */
export async function loadHandler(init: InitMessage): Promise<Handler> {
  if (init.sourceMaps) process.setSourceMapsEnabled(true)
  const exported = findExport(await loadModule(init), init)
  if (exported === undefined) {
    throw runtimeError('Runtime.HandlerNotFound', `${init.handler} is undefined or not exported`)
  }
  if (typeof exported !== 'function') {
    throw runtimeError('Runtime.HandlerNotFound', `${init.handler} is not a function`)
  }
  return exported as Handler
}

async function loadModule({ modulePath, moduleFormat }: InitMessage): Promise<unknown> {
  try {
    return moduleFormat === 'commonjs'
      ? createRequire(modulePath)(modulePath)
      : await import(pathToFileURL(modulePath).href)
  } catch (error) {
    throw namedLoadError(error)
  }
}

/** A missing module, here or further down, and a syntax error have names of Lambda's. */
function namedLoadError(error: unknown): unknown {
  if (!(error instanceof Error)) return error
  const { code } = error as NodeJS.ErrnoException
  if (code === 'MODULE_NOT_FOUND' || code === 'ERR_MODULE_NOT_FOUND') {
    return renamed('Runtime.ImportModuleError', error)
  }
  return error instanceof SyntaxError ? renamed('Runtime.UserCodeSyntaxError', error) : error
}

function renamed(name: string, error: Error): Error {
  const named = runtimeError(name, String(error))
  if (error.stack !== undefined) named.stack = error.stack
  return named
}

/** Looks on the module, then on its default export, which is where `import()` puts CommonJS exports. */
function findExport(module: unknown, { exportPath, allowDefaultExport }: InitMessage): unknown {
  const byDefault = property(module, 'default')
  const found = walk(module, exportPath) ?? walk(byDefault, exportPath)
  if (found !== undefined || !allowDefaultExport) return found
  // `module.exports = function` as well as `export default function`.
  return typeof module === 'function' ? module : (property(byDefault, 'default') ?? byDefault)
}

const walk = (root: unknown, path: readonly string[]): unknown =>
  path.reduce<unknown>((value, name) => property(value, name), root)

function property(value: unknown, name: string): unknown {
  if (value === null || (typeof value !== 'object' && typeof value !== 'function')) return undefined
  return (value as Record<string, unknown>)[name]
}
