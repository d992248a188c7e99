import { readFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { packageName } from './module-costs.ts'
import { importsOf } from './source-imports.ts'

/** Path of each source that a bundle was made of → what it says, as far as the source map has it. */
export function bundleSources(bundlePath: string): Map<string, string> {
  const map = JSON.parse(readFileSync(join(bundlePath, 'bundle.map'), 'utf8')) as {
    sources: string[]
    sourcesContent?: (string | null)[]
  }
  return new Map(
    map.sources.map((url, index) => [fileURLToPath(url), map.sourcesContent?.[index] ?? '']),
  )
}

/** What each source imports: another one by its path, Node's own as `node:…`, a package by its name. */
export const importsWithin = (sources: ReadonlyMap<string, string>): Map<string, string[]> =>
  new Map(
    [...sources].map(([path, text]) => [
      path,
      importsOf(text).flatMap((specifier) => {
        if (isBuiltin(specifier)) return [`node:${specifier.replace(/^node:/, '')}`]
        if (!specifier.startsWith('.')) return [packageName(specifier)]
        const found = candidates(resolve(dirname(path), specifier)).find((each) =>
          sources.has(each),
        )
        return found === undefined ? [] : [found]
      }),
    ]),
  )

/** As TypeScript lets a source be named. */
const candidates = (path: string): string[] => [
  path,
  path.replace(/\.([cm]?)js$/, '.$1ts'),
  path.replace(/\.jsx?$/, '.tsx'),
  ...['', '/index'].flatMap((end) =>
    ['.ts', '.tsx', '.mts', '.cts', '.js', '.mjs', '.cjs', '.json'].map(
      (ending) => path + end + ending,
    ),
  ),
]
