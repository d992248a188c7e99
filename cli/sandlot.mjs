#!/usr/bin/env node
// The launcher. In a clone it runs the TypeScript sources, so that nothing has to be compiled and
// nothing can be stale; the published package has no sources and runs what was built from them.
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`sandlot: Node.js 20.19 or newer is needed; this is ${process.version}`)
  process.exit(2)
}

const source = new URL('./index.ts', import.meta.url)
if (existsSync(fileURLToPath(source))) {
  const { register } = await import('tsx/esm/api').catch(() => {
    console.error('sandlot: the packages of this clone are missing; run: npm ci')
    process.exit(2)
  })
  register()
  await import(source.href)
} else {
  await import(new URL('../dist/cli/index.js', import.meta.url).href)
}
