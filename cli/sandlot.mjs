#!/usr/bin/env node
// The launcher. In a clone it runs the TypeScript sources, so that nothing has to be compiled and
// nothing can be stale; the published package has no sources and runs what was built from them.
import { existsSync } from 'node:fs'
import module from 'node:module'

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
const isAtLeast = (wantedMajor, wantedMinor) =>
  major > wantedMajor || (major === wantedMajor && minor >= wantedMinor)

if (!isAtLeast(20, 19)) fail(`Node.js 20.19 or newer is needed; this is ${process.version}`)

// Node 22.1 and later keep what they have compiled: halves the time to start.
module.enableCompileCache?.()

if (existsSync(new URL('./index.ts', import.meta.url))) {
  if (!existsSync(new URL('../node_modules', import.meta.url))) {
    fail("the packages of this clone are missing; run 'npm ci'")
  }
  // Node 24.3 and later run TypeScript themselves, without a warning and faster than anything else.
  if (!isAtLeast(24, 3) || !process.features.typescript) {
    const { register } = await import('tsx/esm/api')
    register()
  }
  await import('./index.ts')
} else {
  await import('../dist/cli/index.js')
}

function fail(message) {
  console.error(`sandlot: ${message}`)
  process.exit(2)
}
