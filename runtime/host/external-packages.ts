import { isBuiltin } from 'node:module'
import { sep } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Plugin } from 'esbuild'

/**
 * Leaves packages and native addons outside the bundle, named by their absolute path: the bundle
 * lies in the cache, from where nobody finds the source's `node_modules`. What a tsconfig path or a
 * workspace link leads to is source and goes in.
 */
export function externalPackages(isModule: boolean): Plugin {
  const outside = (path: string) => ({
    path: isModule ? pathToFileURL(path).href : path,
    external: true,
  })
  return {
    name: 'external-packages',
    setup(build) {
      build.onResolve(
        { filter: /.*/ },
        async ({ path, kind, importer, resolveDir, pluginData }) => {
          if (pluginData === RESOLVING || kind === 'entry-point') return undefined
          if (isBuiltin(path)) return { path, external: true }
          const isBare = !/^[./]/.test(path)
          if (!isBare && !path.endsWith('.node')) return undefined
          const found = await build.resolve(path, {
            kind,
            importer,
            resolveDir,
            pluginData: RESOLVING,
          })
          // A package that is not there is the function's own error, when it is imported.
          if (found.errors.length > 0) return { path, external: true }
          const isSource = isBare && !found.path.split(sep).includes('node_modules')
          if (isSource && !found.path.endsWith('.node')) return undefined
          // `require()` takes paths only, also where the bundle is an ES module.
          return kind.startsWith('require')
            ? { path: found.path, external: true }
            : outside(found.path)
        },
      )
    },
  }
}

const RESOLVING = Symbol('resolving')
