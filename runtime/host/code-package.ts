import { createHash } from 'node:crypto'
import { readFileSync, realpathSync } from 'node:fs'
import { compileFunction } from 'node:vm'
import { didYouMean } from '../functions/did-you-mean.ts'
import type { PreparedCode } from '../functions/function-version.ts'
import { type HandlerReference, parseHandler } from '../functions/handler-string.ts'
import { SandlotError } from '../kernel/errors.ts'
import { bundleTypeScript } from './bundler.ts'
import { findHandlerFile, type HandlerFile } from './handler-file.ts'
import { exportsOfSource } from './source-exports.ts'

export interface CodeSource {
  /** `path/module.export`, or the path of a file, relative to `rootDir`. */
  readonly handler: string
  /** Absolute path. */
  readonly rootDir: string
  /** Absolute path of the folder for bundles. */
  readonly cachePath: string
}

/**
 * Makes a function's code ready for loading: JavaScript runs from its source as it is, TypeScript is
 * bundled once, under the hash of its content. What is certain to fail is refused here, before
 * anything starts; what only running can tell is the function's own error later.
 *
 * @throws SandlotError `InvalidHandler`: no such file, syntax error, no such export.
 */
export async function prepareCode({
  handler,
  rootDir: givenRoot,
  cachePath,
}: CodeSource): Promise<PreparedCode> {
  const reference = parseHandler(handler)
  const rootDir = realPathOf(givenRoot)
  const file = findHandlerFile(rootDir, reference)
  const { exports, ...code } = file.isTypeScript
    ? await bundleTypeScript(file, cachePath)
    : await fromSource(file)
  checkExport(file, reference, exports)
  return {
    rootDir,
    moduleFormat: file.format,
    exportPath: reference.exportPath,
    allowDefaultExport: reference.isFile,
    sourceMaps: file.isTypeScript,
    ...code,
  }
}

/** Node looks for packages from where a module really lies. What is not there is complained of later. */
function realPathOf(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    return path
  }
}

async function fromSource(file: HandlerFile) {
  const content = readFileSync(file.path)
  const sha256 = createHash('sha256').update(content).digest('base64')
  const isScript = file.format === 'commonjs' && isCommonJs(content.toString('utf8'))
  // Only running it can tell what a script exports.
  const exports = isScript ? undefined : await exportsOfSource(file)
  return { modulePath: file.path, sha256, exports }
}

/** Asks Node itself: a script may be sloppy in ways that no bundler takes. */
function isCommonJs(source: string): boolean {
  try {
    const names = ['exports', 'require', 'module', '__filename', '__dirname']
    compileFunction(source.replace(/^#!.*/, ''), names)
    return true
  } catch {
    return false
  }
}

/** `exports` is what the module certainly exports, or `undefined` where only running it can tell. */
function checkExport(
  file: HandlerFile,
  { exportPath: [name = ''], isFile }: HandlerReference,
  exports: readonly string[] | undefined,
): void {
  if (exports === undefined || exports.includes(name)) return
  // A default export may be the handler, or hold it: that shows when it is loaded.
  if (exports.includes('default')) return
  const wanted = isFile ? `'${name}' or a default export` : `'${name}'`
  const there = exports.length === 0 ? 'nothing' : exports.map((each) => `'${each}'`).join(', ')
  throw new SandlotError(
    'InvalidHandler',
    `Handler not found: ${file.label} must export ${wanted}; it exports ${there}${didYouMean(name, exports)}`,
  )
}
