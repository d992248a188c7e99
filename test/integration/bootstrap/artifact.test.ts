import { existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { bootstrapArtifact } from '../../../runtime/host/bootstrap-artifact.ts'

let cachePath: string
beforeEach(() => {
  cachePath = mkdtempSync(join(tmpdir(), 'sandlot-artifact-'))
})
afterEach(() => rmSync(cachePath, { recursive: true, force: true }))

describe('the bootstrap artifact', () => {
  it('is two files of plain JavaScript, made once', async () => {
    const made = await bootstrapArtifact(cachePath)
    expect(existsSync(made.processMainPath) && existsSync(made.threadMainPath)).toBe(true)
    const { mtimeMs, ino } = statSync(made.processMainPath)
    const again = await bootstrapArtifact(cachePath)
    expect(again).toEqual(made)
    expect(statSync(made.processMainPath)).toMatchObject({ mtimeMs, ino })
  })

  it('is made in a folder that need not exist', async () => {
    const { threadMainPath } = await bootstrapArtifact(join(cachePath, 'a', 'b'))
    expect(existsSync(threadMainPath)).toBe(true)
  })

  it('is whole when several make it at once, and leaves nothing else behind', async () => {
    const made = await Promise.all([1, 2, 3].map(() => bootstrapArtifact(cachePath)))
    expect(new Set(made.map(({ processMainPath }) => processMainPath)).size).toBe(1)
    expect(readdirSync(cachePath)).toHaveLength(1)
    const folder = dirname(made[0]?.processMainPath ?? '')
    expect(readdirSync(folder).sort()).toEqual([
      'process-main.bundle.cjs',
      'thread-main.bundle.cjs',
    ])
  })

  it('can be read by everybody, whatever the umask: sandboxes may run as another user', async () => {
    const usual = process.umask(0o077)
    const made = await bootstrapArtifact(cachePath).finally(() => process.umask(usual))
    const paths = [dirname(made.processMainPath), made.processMainPath, made.threadMainPath]
    expect(paths.map((path) => statSync(path).mode & 0o777)).toEqual([0o755, 0o644, 0o644])
  })

  it('cannot be made where a file is in the way, and says so', async () => {
    const file = join(cachePath, 'file')
    writeFileSync(file, '')
    await expect(bootstrapArtifact(file)).rejects.toThrow()
  })
})
