// Builds what is published into dist/: JavaScript, declarations, and the bootstrap that runs inside
// sandboxes. Nothing in a clone needs it: there, everything runs from source.
import { execFileSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'

const root = import.meta.dirname
const out = join(root, 'dist')

rmSync(out, { recursive: true, force: true })
const tsc = join(createRequire(import.meta.url).resolve('typescript/package.json'), '../bin/tsc')
execFileSync(process.execPath, [tsc, '-p', join(root, '.tsconfig.build.json')], {
  stdio: 'inherit',
})

const { buildBootstrap } = await import('./dist/runtime/host/bootstrap-artifact.js')
await buildBootstrap(join(root, 'runtime/bootstrap'), join(out, 'runtime/bootstrap'))
