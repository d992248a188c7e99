import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath, pathToFileURL } from 'node:url'

/** What starts a program of ours in a process of its own: `execa(file, args)`. */
export interface ChildEntry {
  readonly file: string
  readonly args: readonly string[]
}

/** The Node that is to run it. */
export interface ChildNode {
  /** Absolute. */
  readonly path: string
  /** It runs TypeScript itself, without a warning. */
  readonly runsTypeScript: boolean
}

/** The first Node that says nothing about TypeScript being an experiment: see `sandlot.mjs`. */
const LEAST_FOR_TYPESCRIPT = [24, 3] as const

/**
 * How to start one of our source files as a program. In a clone it is the source that runs; where
 * there is none, it is the JavaScript that was built from it.
 *
 * @param source the `.ts` file, whether it is there or not:
 *   `new URL('./generator-process.ts', import.meta.url)`.
 */
export function childEntry(source: URL, node: ChildNode = thisOne()): ChildEntry {
  const path = fileURLToPath(source)
  if (!existsSync(path)) return { file: node.path, args: [path.replace(/\.ts$/, '.js')] }
  if (node.runsTypeScript) return { file: node.path, args: [path] }
  return { file: node.path, args: ['--import', translatorFor(path), path] }
}

function thisOne(): ChildNode {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  const [leastMajor, leastMinor] = LEAST_FOR_TYPESCRIPT
  const isRecent = major > leastMajor || (major === leastMajor && minor >= leastMinor)
  const { typescript } = process.features as { readonly typescript?: unknown }
  return { path: process.execPath, runsTypeScript: isRecent && Boolean(typescript) }
}

/** The one beside the source, which may be a clone of another commit; or else our own. */
function translatorFor(path: string): string {
  try {
    return pathToFileURL(createRequire(path).resolve('tsx')).href
  } catch {
    return pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href
  }
}
