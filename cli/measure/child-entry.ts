import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { type NodeBinary, thisNode } from './node-binary.ts'

/** What starts a program of ours in a process of its own: `execa(file, args)`. */
export interface ChildEntry {
  readonly file: string
  readonly args: readonly string[]
}

/**
 * How to start one of our source files as a program. In a clone it is the source that runs; where
 * there is none, it is the JavaScript that was built from it.
 *
 * @param source the `.ts` file, whether it is there or not:
 *   `new URL('./generator-process.ts', import.meta.url)`.
 */
export function childEntry(
  source: URL,
  node: Pick<NodeBinary, 'path' | 'runsTypeScript'> = thisNode(),
): ChildEntry {
  const path = fileURLToPath(source)
  if (!existsSync(path)) return { file: node.path, args: [path.replace(/\.ts$/, '.js')] }
  if (node.runsTypeScript) return { file: node.path, args: [path] }
  return { file: node.path, args: ['--import', translatorFor(path), path] }
}

/** The one beside the source, which may be a clone of another commit; or else our own. */
function translatorFor(path: string): string {
  try {
    return pathToFileURL(createRequire(path).resolve('tsx')).href
  } catch {
    return pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href
  }
}
