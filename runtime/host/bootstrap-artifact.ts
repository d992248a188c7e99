import { createHash } from 'node:crypto'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/**
 * The code that runs inside sandboxes, as plain JavaScript files that need nothing else. Everybody can
 * read them: sandboxes may run as another user.
 */
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
  if (!isComplete(built)) await buildInPlace(dirname(built.processMainPath))
  return built
}

/**
 * Bundles both entries into `outPath`; also how the published package gets them.
 *
 * CommonJS, because an ES module as entry makes Node load its ES module loader before anything else:
 * 6 ms on Node 24, 13 ms on Node 20. Without Node's compile cache, because on Node 24 looking into it
 * took 3 ms longer than compiling these files.
 */
export async function buildBootstrap(sourcePath: string, outPath: string): Promise<void> {
  // Its service is shared by all that bundles in this process, so it is not for us to stop.
  const { build } = await import('esbuild')
  await build({
    ...RECIPE,
    entryPoints: ENTRIES.map((name) => join(sourcePath, name)),
    outdir: outPath,
  })
}

const ENTRIES = ['process-main.ts', 'thread-main.ts']

const RECIPE = {
  outExtension: { '.js': '.bundle.cjs' },
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node20',
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: 'none',
  logLevel: 'silent',
} as const

/** Two controllers may build at once: each into a folder of its own, and the first rename wins. */
async function buildInPlace(finalPath: string): Promise<void> {
  mkdirSync(dirname(finalPath), { recursive: true })
  const buildPath = mkdtempSync(`${finalPath}.`)
  try {
    await buildBootstrap(BOOTSTRAP_PATH, buildPath)
    makeReadable(buildPath)
    renameSync(buildPath, finalPath)
  } catch (error) {
    rmSync(buildPath, { recursive: true, force: true })
    if (!isComplete(artifactIn(finalPath))) throw error
  }
}

/** Temporary folders are their owner's alone, and files follow this process's umask. */
function makeReadable(folder: string): void {
  chmodSync(folder, 0o755)
  for (const name of readdirSync(folder)) chmodSync(join(folder, name), 0o644)
}

const artifactIn = (path: string): BootstrapArtifact => ({
  processMainPath: join(path, 'process-main.bundle.cjs'),
  threadMainPath: join(path, 'thread-main.bundle.cjs'),
})

const isComplete = ({ processMainPath, threadMainPath }: BootstrapArtifact): boolean =>
  existsSync(processMainPath) && existsSync(threadMainPath)

function hashOfSources(): string {
  const hash = createHash('sha256').update(JSON.stringify(RECIPE)).update('readable')
  for (const name of readdirSync(BOOTSTRAP_PATH).sort()) {
    hash.update(name).update(readFileSync(join(BOOTSTRAP_PATH, name)))
  }
  return hash.update(readFileSync(PROTOCOL_PATH)).digest('hex').slice(0, 16)
}
