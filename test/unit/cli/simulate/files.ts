import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import { messageOf } from '../../../../cli/exit-codes.ts'

/** Writes files into a folder of the test file's own, which goes away with it. */
export function fileWriter(): (name: string, content: string) => string {
  const folder = mkdtempSync(join(tmpdir(), 'sandlot-simulate-'))
  afterAll(() => rmSync(folder, { recursive: true }))
  return (name, content) => {
    const path = join(folder, name)
    writeFileSync(path, content)
    return path
  }
}

/** What the user is told; `read` when nothing is wrong. */
export function refusalOf(read: () => unknown): string {
  try {
    read()
  } catch (error) {
    return messageOf(error)
      .replace('sandlot: ', '')
      .replaceAll(/\S+\/(?=[\w-]+\.(csv|json))/g, '')
  }
  return 'read'
}
