import { readFileSync } from 'node:fs'

/** The first line of a file of the system; `null` where there is no such file. */
export function readLine(path: string): string | null {
  return readText(path)?.split('\n')[0]?.trim() ?? null
}

export function readText(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return null
  }
}
