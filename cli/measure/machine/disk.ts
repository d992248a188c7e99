import { closeSync, fdatasyncSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readText } from './read-line.ts'

export interface Disk {
  /** `ext4`, `tmpfs`, `overlay`, … */
  readonly fileSystem: string | null
  /** Median time to have 4 KB on the disk for good, milliseconds. */
  readonly syncP50Ms: number
}

const SYNCS = 9
const BYTES = 4_096

/** Of the system's temporary directory; `null` where it cannot be written to. */
export function diskOf(folder = tmpdir()): Disk | null {
  try {
    return { fileSystem: fileSystemOf(folder), syncP50Ms: syncMs(folder) }
  } catch {
    return null
  }
}

function syncMs(folder: string): number {
  const own = mkdtempSync(join(folder, 'sandlot-sync-'))
  try {
    const file = openSync(join(own, 'file'), 'w')
    const block = Buffer.alloc(BYTES, 1)
    const times = Array.from({ length: SYNCS }, () => {
      const beginMs = performance.now()
      writeSync(file, block)
      fdatasyncSync(file)
      return performance.now() - beginMs
    })
    closeSync(file)
    return times.sort((a, b) => a - b)[(SYNCS - 1) / 2] as number
  } finally {
    rmSync(own, { recursive: true })
  }
}

/** Of the mount that the folder lies in: the longest path that it begins with. */
function fileSystemOf(folder: string): string | null {
  const mounts = (readText('/proc/self/mountinfo') ?? '').split('\n').flatMap((line) => {
    const [before = '', after = ''] = line.split(' - ')
    const path = before.split(' ')[4]
    const kind = after.split(' ')[0]
    return path === undefined || kind === undefined || kind === '' ? [] : [{ path, kind }]
  })
  const around = mounts.filter(
    ({ path }) => path === '/' || folder === path || folder.startsWith(`${path}/`),
  )
  // Of two at one place the later one is seen.
  return around.reduce((best, each) => (each.path.length >= best.path.length ? each : best), {
    path: '',
    kind: null as string | null,
  }).kind
}
