import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** For a controller of this process; gone when the process has ended. */
export function stateFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'sandlot-bench-'))
  process.once('exit', () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }))
  return folder
}
