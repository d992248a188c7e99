import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The code that runs inside sandboxes, as plain JavaScript files that need nothing else. */
export interface BootstrapArtifact {
  readonly processMainPath: string
  readonly threadMainPath: string
}

const BOOTSTRAP_PATH = fileURLToPath(new URL('../bootstrap', import.meta.url))
const PROTOCOL_PATH = fileURLToPath(new URL('../runtime-api/protocol.ts', import.meta.url))

/**
 * The bootstrap in a form that starts as fast as any JavaScript: prebuilt in the published package,
 * otherwise bundled once into the cache, under the hash of its sources.
 */
export async function bootstrapArtifact(cachePath: string): Promise<BootstrapArtifact> {
  const prebuilt = artifactIn(BOOTSTRAP_PATH)
  if (isComplete(prebuilt)) return prebuilt
  const built = artifactIn(join(cachePath, `bootstrap-${hashOfSources()}`))
  if (!isComplete(built)) await buildInPlace(join(built.processMainPath, '..'))
  return built
}

/** Bundles both entries into `outPath`; also how the published package gets them. */
export async function buildBootstrap(sourcePath: string, outPath: string): Promise<void> {
  const { build, stop } = await import('esbuild')
  await build({
    entryPoints: [join(sourcePath, 'process-main.ts'), join(sourcePath, 'thread-main.ts')],
    outdir: outPath,
    outExtension: { '.js': '.bundle.cjs' },
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: 'none',
    logLevel: 'silent',
  })
  await stop()
}

/** Two controllers may build at once: each into a folder of its own, and the first rename wins. */
async function buildInPlace(finalPath: string): Promise<void> {
  const buildPath = `${finalPath}.${process.pid}`
  mkdirSync(buildPath, { recursive: true })
  await buildBootstrap(BOOTSTRAP_PATH, buildPath)
  try {
    renameSync(buildPath, finalPath)
  } catch {
    rmSync(buildPath, { recursive: true, force: true })
  }
}

const artifactIn = (path: string): BootstrapArtifact => ({
  processMainPath: join(path, 'process-main.bundle.cjs'),
  threadMainPath: join(path, 'thread-main.bundle.cjs'),
})

const isComplete = ({ processMainPath, threadMainPath }: BootstrapArtifact): boolean =>
  existsSync(processMainPath) && existsSync(threadMainPath)

function hashOfSources(): string {
  const hash = createHash('sha256')
  for (const name of readdirSync(BOOTSTRAP_PATH).sort()) {
    hash.update(name).update(readFileSync(join(BOOTSTRAP_PATH, name)))
  }
  return hash.update(readFileSync(PROTOCOL_PATH)).digest('hex').slice(0, 16)
}
