import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'

/** The first 12 hex digits of the SHA-256 of a binary; `null` where it cannot be read. */
export function nodeHash(path: string): string | null {
  try {
    return createHash('sha256').update(readFileSync(path)).digest('hex').slice(0, 12)
  } catch {
    return null
  }
}
