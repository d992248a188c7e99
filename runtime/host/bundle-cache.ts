import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname, isAbsolute, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { BuildResult } from 'esbuild'
import { externalPackages } from './external-packages.ts'
import type { HandlerFile } from './handler-file.ts'
import { exportsOfSource, syntaxError } from './source-exports.ts'

/** A bundle that is ready to be loaded. */
export interface Bundle {
  readonly modulePath: string
  /** SHA-256 of the bundle, base64. */
  readonly sha256: string
  /** The names that the module exports; `undefined` where only running it can tell. */
  readonly exports: readonly string[] | undefined
}

/** What a bundle was made of: while all of it reads the same, the bundle is good. */
interface Manifest {
  readonly inputs: Readonly<Record<string, string>>
  readonly bundle: Bundle
}

/** Part of every key: change it when the way of bundling changes. */
const RECIPE = '1'

/**
 * Bundles a TypeScript handler for the Node that runs it, once for each content: with unchanged
 * sources the bundler does not even start. `node_modules` and native addons stay outside.
 *
 * In the bundle `import.meta.url`, `__filename` and `__dirname` name the handler's source, in every
 * module of it. Stack traces lead to the sources.
 *
 * @throws SandlotError `InvalidHandler` on a syntax error or a relative import that leads nowhere.
 */
export async function bundleTypeScript(file: HandlerFile, cachePath: string): Promise<Bundle> {
  const major = process.versions.node.split('.')[0] ?? '20'
  const key = hash(`${RECIPE} ${major} ${file.format} ${file.path}`, 'hex').slice(0, 16)
  const manifestPath = join(cachePath, `bundle-${key}.json`)
  const known = readManifest(manifestPath)
  if (known !== undefined && isCurrent(known)) return known.bundle
  const built = await build(file, major)
  const exports = await exportsOfSource(file)
  const { inputs, bundle } = store(built, file, cachePath, key, exports)
  writeAtomically(manifestPath, JSON.stringify({ inputs, bundle }))
  return bundle
}

async function build(file: HandlerFile, major: string) {
  const { build: run } = await import('esbuild')
  const isModule = file.format === 'module'
  const url = JSON.stringify(pathToFileURL(file.path).href)
  try {
    return await run({
      entryPoints: [file.path],
      outdir: '/',
      bundle: true,
      write: false,
      metafile: true,
      sourcemap: 'external',
      platform: 'node',
      target: `node${major}`,
      format: isModule ? 'esm' : 'cjs',
      define: {
        'import.meta.url': url,
        __filename: JSON.stringify(file.path),
        __dirname: JSON.stringify(dirname(file.path)),
      },
      // CommonJS code in the bundle may call require(), which an ES module does not have.
      ...(isModule && {
        banner: {
          js: `import{createRequire as $sandlotRequire}from'node:module';const require=$sandlotRequire(${url});`,
        },
      }),
      plugins: [externalPackages(isModule)],
      logLevel: 'silent',
    })
  } catch (error) {
    throw syntaxError(file, error)
  }
}

function store(
  { outputFiles = [], metafile }: BuildResult<{ metafile: true; write: false }>,
  file: HandlerFile,
  cachePath: string,
  key: string,
  exports: readonly string[] | undefined,
): Manifest {
  const code = outputFiles.find(({ path }) => path.endsWith('.js'))?.text ?? ''
  const map = outputFiles.find(({ path }) => path.endsWith('.map'))?.text ?? ''
  const sha256 = hash(code, 'base64')
  const name = `bundle-${key}-${hash(code, 'hex').slice(0, 16)}`
  const modulePath = join(cachePath, `${name}.${file.format === 'module' ? 'mjs' : 'cjs'}`)
  writeAtomically(join(cachePath, `${name}.map`), withAbsoluteSources(map))
  writeAtomically(modulePath, `${code}//# sourceMappingURL=${name}.map\n`)
  const inputs: Record<string, string> = {}
  for (const path of inputPaths(metafile, file)) inputs[path] = hashOfFile(path)
  return { inputs, bundle: { modulePath, sha256, exports } }
}

/** Every source, and the settings above them that can change what they become. */
function inputPaths(metafile: { inputs: Record<string, unknown> }, file: HandlerFile): string[] {
  const sources = Object.keys(metafile.inputs).map((path) => resolve(path))
  const settings: string[] = []
  for (let dir = dirname(file.path); ; dir = dirname(dir)) {
    settings.push(join(dir, 'tsconfig.json'), join(dir, 'package.json'))
    if (dir === dirname(dir)) return [...sources, ...settings]
  }
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

function readManifest(path: string): Manifest | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Manifest
  } catch {
    return undefined
  }
}

const isCurrent = ({ inputs, bundle }: Manifest): boolean =>
  existsSync(bundle.modulePath) &&
  Object.entries(inputs).every(([path, content]) => hashOfFile(path) === content)

/** A file that is not there has a hash too: it must not appear either. */
function hashOfFile(path: string): string {
  try {
    return hash(readFileSync(path), 'hex')
  } catch {
    return 'absent'
  }
}

const hash = (content: string | Uint8Array, encoding: 'hex' | 'base64'): string =>
  createHash('sha256').update(content).digest(encoding)

/** Whoever reads sees the whole file or none; of two who write the same, either wins. */
function writeAtomically(path: string, content: string): void {
  mkdirSync(dirname(path), { recursive: true })
  const temporary = `${path}.${process.pid}.tmp`
  writeFileSync(temporary, content)
  renameSync(temporary, path)
}
