// Builds what is published into dist/: JavaScript, declarations, and the bootstrap that runs inside
// sandboxes. Nothing in a clone needs it: there, everything runs from source.
import { spawnSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'

const root = import.meta.dirname
const out = join(root, 'dist')

rmSync(out, { recursive: true, force: true })
const tsc = join(createRequire(import.meta.url).resolve('typescript/package.json'), '../bin/tsc')
const { status } = spawnSync(process.execPath, [tsc, '-p', join(root, '.tsconfig.build.json')], {
  stdio: 'inherit',
})
if (status !== 0) process.exit(status ?? 1)

const { buildBootstrap } = await import('./dist/runtime/host/bootstrap-artifact.js')
await buildBootstrap(join(root, 'runtime/bootstrap'), join(out, 'runtime/bootstrap'))
