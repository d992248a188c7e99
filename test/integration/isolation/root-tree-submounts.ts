import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Mode, openLab } from './root-tree-lab.ts'

/**
 * Run by a test, in a mount namespace of its own: mounts file systems that everybody can write to
 * into a folder of code, and prints what the code then sees of them.
 */
const mode = process.argv[2] as Mode
const lab = openLab('/var/tmp')
try {
  lab.write({ 'repo/index.mjs': 'export const handler = () => 1' })
  for (const name of ['repo/data', 'repo/data/deep', 'covered', 'covered/by']) {
    const folder = join(lab.path, name)
    mkdirSync(folder)
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'noexec,mode=1777,size=64k', 'test', folder])
    writeFileSync(join(folder, 'file'), name)
  }
  // Now the mount in it is still listed, and can be reached no more.
  const covered = join(lab.path, 'covered')
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'test', covered])
  const [root, repo] = ['', 'repo'].map((name) => join(lab.path, name)) as [string, string]
  const inCode = ['/var/task/data', '/var/task/data/deep', `${repo}/data`, `${repo}/data/deep`]
  const expression = `${JSON.stringify(inCode)}.map((at) =>
    [fs.readFileSync(at + '/file', 'utf8'), codeOf(() => fs.writeFileSync(at + '/new', ''))])`
  const seen = await lab.evaluate(lab.build({ rootDir: repo }), mode, expression)
  const whole = lab.build({ rootDir: root })
  const besideCovered = await lab.evaluate(whole, mode, `fs.readdirSync('/var/task/covered')`)
  process.stdout.write(JSON.stringify({ seen, besideCovered }))
} finally {
  for (const name of ['covered', 'covered/by', 'covered', 'repo/data/deep', 'repo/data']) {
    execFileSync('umount', [join(lab.path, name)])
  }
  lab.dispose()
}
