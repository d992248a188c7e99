import { createRequire } from 'node:module'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { NodeBinary } from './node-binary.ts'
// Only its type: it is a program of its own, and this is how the build knows of it.
import type { RunProcessPath } from './run-process.ts'

/**
 * The arguments that have a Node run the process of a run: from the TypeScript sources in a clone, as
 * the launcher does it, and from what was built in the package.
 */
export function runCommand({ runsTypeScript }: NodeBinary): string[] {
  const isSource = import.meta.url.endsWith('.ts')
  const name: RunProcessPath = isSource ? './run-process.ts' : './run-process.js'
  const path = fileURLToPath(new URL(name, import.meta.url))
  return isSource && !runsTypeScript ? ['--import', typeScriptLoader(), path] : [path]
}

const typeScriptLoader = (): string =>
  pathToFileURL(createRequire(import.meta.url).resolve('tsx/esm')).href
