import { resolve } from 'node:path'

export interface MarkedBundle {
  readonly text: string
  /** What its marks call a file → the file's path. */
  readonly files: Readonly<Record<string, string>>
}

const MARKS = "globalThis[Symbol.for('sandlot.modules')]"

/**
 * Puts marks between the files of a bundle, so that a start can tell them apart: the bundler writes
 * each file's name, relative to the folder it ran in, as a comment before the file's code.
 *
 * @param sources paths of the files that the bundle was made of.
 */
export function markBundle(text: string, sources: readonly string[], folder: string): MarkedBundle {
  const known = new Set(sources)
  const files: Record<string, string> = {}
  let isFirst = true
  const lines = text.split('\n').flatMap((line) => {
    const name = line.startsWith('// ') ? line.slice(3) : undefined
    const path = name === undefined ? undefined : resolve(folder, name)
    if (name === undefined || path === undefined || !known.has(path)) return [line]
    files[name] = path
    const wrapped = isFirst ? wrapHelpers(text) : ''
    isFirst = false
    return [`${wrapped}${MARKS}.enterFile(${JSON.stringify(name)});${line}`]
  })
  return { text: lines.join('\n'), files }
}

/** What runs files that are run on demand: CommonJS in the bundle, and what `import()` loads. */
const wrapHelpers = (text: string): string =>
  ['__commonJS', '__esm']
    .filter((helper) => text.includes(`\nvar ${helper} = (`))
    .map((helper) => `${helper} = ${MARKS}.wrap(${helper});`)
    .join('')
