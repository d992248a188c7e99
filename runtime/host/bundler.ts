import { createHash } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { createRequire, isBuiltin } from 'node:module'
import { dirname, isAbsolute, join, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { BuildResult, Loader, Metafile, OnResolveArgs, Plugin } from 'esbuild'
import { externalPackages } from './external-packages.ts'
import { type HandlerFile, isFile } from './handler-file.ts'
import { folderOfPackages } from './isolation/project-folders.ts'
import { exportsOfSource, syntaxError } from './source-exports.ts'

/** A bundle that is ready to be loaded. */
export interface Bundle {
  readonly modulePath: string
  /** The folder that holds the module and its source map, and nothing else. Everybody can read it. */
  readonly bundlePath: string
  /** Absolute paths of the folders that it loads packages and addons from when it runs. */
  readonly packageFolders: readonly string[]
  /** SHA-256 of the bundle, base64. */
  readonly sha256: string
  /** The names that the module exports; `undefined` where only running it can tell. */
  readonly exports: readonly string[] | undefined
}

/** Each path that a bundle depends on, with the hash of its content; `ABSENT` must not appear. */
type Inputs = Map<string, string>

interface Manifest {
  readonly inputs: readonly (readonly [path: string, content: string])[]
  readonly bundle: Bundle
}

/** Part of every key: change it when the way of bundling changes. */
const RECIPE = '3'
const ABSENT = ''

/**
 * Bundles a TypeScript handler for the Node that runs it, once for each content: while its sources,
 * their settings and where its imports lead are unchanged, the bundler does not even start.
 * `node_modules` and native addons stay outside.
 *
 * `import.meta.url`, `import.meta.dirname`, `import.meta.filename`, `__filename` and `__dirname` name
 * each module's own source, `require()` resolves from the handler's, stack traces lead to the
 * sources. Only `import()` of a computed path and `import.meta.resolve()` see the bundle's place.
 * These names are paths of this machine, not of /var/task, wherever the bundle runs: a sandbox with
 * a file system of its own has the code at its own path as well.
 *
 * @param cachePath absolute path of the folder for bundles; made when it is not there.
 * @throws SandlotError `InvalidHandler` on a syntax error or a relative import that leads nowhere.
 */
export async function bundleTypeScript(file: HandlerFile, cachePath: string): Promise<Bundle> {
  const major = process.versions.node.split('.')[0] ?? '20'
  const key = hash(`${RECIPE} ${major} ${file.format} ${file.path}`, 'hex').slice(0, 16)
  const manifestPath = join(cachePath, `bundle-${key}.json`)
  const known = readManifest(manifestPath)
  if (known !== undefined && isCurrent(known)) return known.bundle
  const inputs: Inputs = new Map()
  const built = await build(file, major, inputs)
  // The build has found every syntax error: whatever stops this one only leaves the names unknown.
  const exports = await exportsOfSource(file).catch(() => undefined)
  const stored = storeBundle(built, file, join(cachePath, `bundle-${key}`))
  const bundle = { ...stored, packageFolders: packageFolders(built.metafile), exports }
  const manifest: Manifest = { inputs: [...inputs], bundle }
  writeAtomically(manifestPath, JSON.stringify(manifest))
  return bundle
}

async function build(file: HandlerFile, major: string, inputs: Inputs) {
  const { build: run } = await import('esbuild')
  const isModule = file.format === 'module'
  const createRequireHere = `createRequire(${JSON.stringify(file.path)})`
  try {
    return await run({
      entryPoints: [file.path],
      outdir: '/',
      bundle: true,
      write: false,
      sourcemap: 'external',
      metafile: true,
      platform: 'node',
      target: `node${major}`,
      format: isModule ? 'esm' : 'cjs',
      // A class's name may be an error's type.
      keepNames: true,
      define: {
        'import.meta.url': '$sandlotUrl',
        'import.meta.filename': '$sandlotFilename',
        'import.meta.dirname': '$sandlotDirname',
        __filename: '$sandlotFilename',
        __dirname: '$sandlotDirname',
      },
      banner: {
        js: isModule
          ? `import * as $sandlotModule from'node:module';const require=$sandlotModule.${createRequireHere};`
          : `require=require('node:module').${createRequireHere};`,
      },
      plugins: [sources(inputs, isModule), externalPackages(isModule)],
      logLevel: 'silent',
    })
  } catch (error) {
    throw syntaxError(file, error)
  }
}

/** Notes what the bundle depends on, and tells each module where its source lies. */
function sources(inputs: Inputs, isModule: boolean): Plugin {
  return {
    name: 'sources',
    setup(build) {
      build.onResolve({ filter: /.*/ }, (args) => {
        watchSettings(inputs, args.resolveDir)
        watchResolution(inputs, args)
        // Node imports JSON only with an attribute; from elsewhere it comes in as other JSON does.
        const isPackageJson = /^[^./#].*\.json$/.test(args.path) && args.kind !== 'entry-point'
        return isModule && isPackageJson ? packageFile(args) : undefined
      })
      build.onLoad({ filter: /.*/, namespace: 'file' }, ({ path }) => {
        const [, loader] = /\.[cm]?([jt]sx?)$/.exec(path) ?? []
        if (loader === undefined) {
          watch(inputs, path)
          return undefined
        }
        const contents = readFileSync(path, 'utf8')
        inputs.set(path, hash(contents, 'hex'))
        return { contents: located(contents, path), loader: loader as Loader }
      })
    },
  }
}

function packageFile({ path, importer }: OnResolveArgs): { path: string } | undefined {
  try {
    return { path: createRequire(importer).resolve(path) }
  } catch {
    return undefined
  }
}

/** Everything stays on its line, so that traces keep theirs. */
function located(contents: string, path: string): string {
  if (!/\bimport\.meta\b|\b__(file|dir)name\b/.test(contents)) return contents
  const url = JSON.stringify(pathToFileURL(path).href)
  const names = `$sandlotFilename=${JSON.stringify(path)},$sandlotDirname=${JSON.stringify(dirname(path))}`
  const directive = /^\s*['"]use strict['"]/.test(contents) ? "'use strict';" : ''
  return `${directive}var $sandlotUrl=${url},${names};${contents.replace(/^#!.*/, '')}`
}

/** Files that an import would lead to if they were there, before the one that it leads to. */
function watchResolution(inputs: Inputs, { path, resolveDir, kind }: OnResolveArgs): void {
  if (kind === 'entry-point' || isBuiltin(path)) return
  if (path.startsWith('.')) {
    const base = resolve(resolveDir, path)
    if (isFile(base)) return
    const asTypeScript = base.replace(/\.([cm]?)js$/, '.$1ts')
    for (const ending of ['', '.tsx', '.ts', '.jsx', '.js', '.json']) watch(inputs, base + ending)
    watch(inputs, asTypeScript)
    return
  }
  const name = path
    .split('/')
    .slice(0, path.startsWith('@') ? 2 : 1)
    .join('/')
  for (const folder of foldersAbove(resolveDir)) {
    watch(inputs, join(folder, 'node_modules', name, 'package.json'))
  }
}

/** Settings that change what a source becomes: its package's type, TypeScript's options. */
function watchSettings(inputs: Inputs, folder: string): void {
  for (const each of foldersAbove(folder)) {
    watch(inputs, join(each, 'package.json'))
    watchTsconfig(inputs, join(each, 'tsconfig.json'))
  }
}

function watchTsconfig(inputs: Inputs, path: string): void {
  if (inputs.has(path)) return
  watch(inputs, path)
  const text = inputs.get(path) === ABSENT ? '' : readFileSync(path, 'utf8')
  const [, extended = ''] = /"extends"\s*:\s*(\[[^\]]*\]|"[^"]*")/.exec(text) ?? []
  for (const [, other = ''] of extended.matchAll(/"(\.{0,2}\/[^"]*)"/g)) {
    const target = resolve(dirname(path), other)
    watchTsconfig(inputs, target.endsWith('.json') ? target : `${target}.json`)
  }
}

function foldersAbove(folder: string): string[] {
  const parent = dirname(folder)
  return parent === folder ? [folder] : [folder, ...foldersAbove(parent)]
}

/** The first look counts: what changes while the bundle is made, is built again next time. */
function watch(inputs: Inputs, path: string): void {
  if (!inputs.has(path)) inputs.set(path, hashOfFile(path))
}

function storeBundle(
  { outputFiles = [] }: BuildResult<{ write: false }>,
  file: HandlerFile,
  prefix: string,
): Pick<Bundle, 'modulePath' | 'bundlePath' | 'sha256'> {
  const code = outputFiles.find(({ path }) => path.endsWith('.js'))?.text ?? ''
  const map = outputFiles.find(({ path }) => path.endsWith('.map'))?.text ?? ''
  const bundlePath = `${prefix}-${hash(code, 'hex').slice(0, 16)}`
  const modulePath = join(bundlePath, file.format === 'module' ? 'bundle.mjs' : 'bundle.cjs')
  mkdirSync(bundlePath, { recursive: true })
  chmodSync(bundlePath, 0o755)
  writeAtomically(join(bundlePath, 'bundle.map'), withAbsoluteSources(map))
  writeAtomically(modulePath, `${code}//# sourceMappingURL=bundle.map\n`)
  return { modulePath, bundlePath, sha256: hash(code, 'base64') }
}

/** Out of what the bundler tells of its output: a package that it did not find is named without a path. */
function packageFolders({ outputs }: Metafile): string[] {
  const outside = Object.values(outputs).flatMap(({ imports }) => imports)
  const folders = outside.flatMap(({ path, external }) => {
    if (!external) return []
    const file = path.startsWith('file:') ? fileURLToPath(path) : path
    return isAbsolute(file) ? [folderOfPackages(dirname(file))] : []
  })
  return [...new Set(folders)].sort()
}

/** The bundle lies elsewhere than its sources, so a trace needs their whole paths. */
function withAbsoluteSources(map: string): string {
  if (map === '') return map
  const parsed = JSON.parse(map) as { sources: string[] }
  const sources = parsed.sources.map((source) => {
    const path = isAbsolute(source) ? source : resolve('/', source)
    return pathToFileURL(path).href
  })
  return JSON.stringify({ ...parsed, sources })
}

/** A damaged manifest is none. */
function readManifest(path: string): Manifest | undefined {
  try {
    const manifest = JSON.parse(readFileSync(path, 'utf8')) as Partial<Manifest> | null
    const isWhole = Array.isArray(manifest?.inputs) && manifest.bundle !== undefined
    return isWhole ? (manifest as Manifest) : undefined
  } catch {
    return undefined
  }
}

const isCurrent = ({ inputs, bundle }: Manifest): boolean =>
  existsSync(bundle.modulePath) && inputs.every(([path, content]) => hashOfFile(path) === content)

function hashOfFile(path: string): string {
  try {
    return hash(readFileSync(path), 'hex')
  } catch {
    return ABSENT
  }
}

const hash = (content: string | Uint8Array, encoding: 'hex' | 'base64'): string =>
  createHash('sha256').update(content).digest(encoding)

/**
 * Whoever reads sees the whole file or none; of two who write the same, either wins. Sandboxes may run
 * as another user, whatever this process's umask.
 */
function writeAtomically(path: string, content: string): void {
  mkdirSync(dirname(path), { recursive: true })
  const temporary = `${path}.${process.pid}.tmp`
  writeFileSync(temporary, content)
  chmodSync(temporary, 0o644)
  renameSync(temporary, path)
}
