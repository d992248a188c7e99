import { pathToFileURL } from 'node:url'
import type { InitMessage } from '../runtime-api/protocol.ts'
import { runtimeError } from './error-serializer.ts'

export type Handler = (event: unknown, context: unknown, callback: unknown) => unknown

/**
 * Loads the module and finds the handler in it.
 * Source of the names: aws-lambda-nodejs-runtime-interface-client 3.x, `UserFunction.js`.
 *
 * @throws Error named as Lambda names it: `Runtime.ImportModuleError`, `Runtime.UserCodeSyntaxError`,
 *   `Runtime.HandlerNotFound`, or whatever the module itself threw.
 */
export async function loadHandler(init: InitMessage): Promise<Handler> {
  if (init.sourceMaps) process.setSourceMapsEnabled(true)
  const exported = findExport(await loadModule(init), init)
  if (!exported) {
    throw runtimeError('Runtime.HandlerNotFound', `${init.handler} is undefined or not exported`)
  }
  if (typeof exported !== 'function') {
    throw runtimeError('Runtime.HandlerNotFound', `${init.handler} is not a function`)
  }
  return exported as Handler
}

async function loadModule({ modulePath, moduleFormat }: InitMessage): Promise<unknown> {
  const url = pathToFileURL(modulePath).href
  try {
    // The bootstrap is bundled as CommonJS, so it has a `require`. To make one with `node:module`
    // takes most of a millisecond, and leaves the bootstrap out of the "Require stack" in errors,
    // which on Lambda ends with the runtime.
    if (moduleFormat === 'commonjs') return require(modulePath)
    return await import(url)
  } catch (error) {
    throw namedLoadError(error, url)
  }
}

/**
 * A missing module and a syntax error have names of Lambda's. A package that an ES module misses
 * does not (`ERR_MODULE_NOT_FOUND` stays as it is), only the handler's own file does.
 */
function namedLoadError(error: unknown, handlerUrl: string): unknown {
  if (error instanceof SyntaxError) return renamed('Runtime.UserCodeSyntaxError', error)
  const { code, url } = Object(error) as { code?: unknown; url?: unknown }
  const isMissing =
    code === 'MODULE_NOT_FOUND' || (code === 'ERR_MODULE_NOT_FOUND' && url === handlerUrl)
  return isMissing ? renamed('Runtime.ImportModuleError', error as Error) : error
}

/** The message is the old error in words; the trace tells where it came from. */
function renamed(name: string, error: Error): Error {
  const message = String(error)
  const stack = error.stack ?? message
  const named = runtimeError(name, message)
  named.stack = stack.startsWith(message) ? `${name}: ${stack}` : `${name}: ${message}\n${stack}`
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
