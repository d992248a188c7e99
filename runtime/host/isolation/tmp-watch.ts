import { type Dir, type Dirent, lstatSync, opendirSync, type Stats } from 'node:fs'
import { join } from 'node:path'
import type { Clock } from '../../kernel/clock.ts'
import { US_PER_MS } from '../../kernel/units.ts'
import { type Watch, watch } from './watch.ts'

export interface TmpWatchInput {
  /** The folder that the sandbox takes for its /tmp. */
  readonly path: string
  readonly limitBytes: number
  readonly clock: Clock
  readonly onExceeded: () => void
}

/**
 * Says once that a folder holds more than it may: for machines that cannot give a sandbox a file
 * system of its own. Space of a file that was deleted while open is not seen.
 *
 * A look takes at most a millisecond; a folder with more in it than fits is gone through in pieces.
 */
export function watchTmp({ path, limitBytes, clock, onExceeded }: TmpWatchInput): Watch {
  let walk = sizesBelow(path)
  let usedBytes = 0
  let looks = 0
  let isSuspect = false
  const startOver = (): void => {
    walk = sizesBelow(path)
    usedBytes = 0
    looks = 0
  }
  const lookedAt = watch(clock, LOOK_US, () => {
    looks += 1
    for (let entries = 0; entries < ENTRIES_A_LOOK; entries += 1) {
      const next = walk.next()
      if (next.done === true) {
        startOver()
        isSuspect = false
        return LOOK_US
      }
      usedBytes += next.value
      if (usedBytes <= limitBytes) continue
      walk.return()
      // Over several looks, a file that was deleted and its successor may both have been counted.
      const isCertain = looks === 1 || isSuspect
      startOver()
      isSuspect = true
      if (!isCertain) return NEXT_PIECE_US
      onExceeded()
      return undefined
    }
    return NEXT_PIECE_US
  })
  return {
    stop: () => {
      lookedAt.stop()
      walk.return()
    },
  }
}

const LOOK_US = 50 * US_PER_MS
const NEXT_PIECE_US = 20 * US_PER_MS
/** Reading an entry's name and size takes 4 to 5 µs. */
const ENTRIES_A_LOOK = 200

/** What each entry below a folder occupies, bytes. What vanishes meanwhile is passed over. */
function* sizesBelow(path: string): Generator<number, void> {
  const linked = new Set<string>()
  const folders = [path]
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    const entries = open(folder)
    try {
      for (let entry = nextOf(entries); entry !== undefined; entry = nextOf(entries)) {
        const entryPath = join(folder, entry.name)
        const stats = statsOf(entryPath)
        if (stats === undefined || isKnown(stats, linked)) continue
        if (stats.isDirectory()) folders.push(entryPath)
        yield occupiedBytes(stats)
      }
    } finally {
      entries?.closeSync()
    }
  }
}

/**
 * Blocks, so that a file with holes counts what it fills; but not blocks past its end, of which some
 * file systems (XFS) keep as many again for a file that grows. Source: inode(7), blocks of 512 bytes.
 */
function occupiedBytes({ blocks, size }: Stats): number {
  return Math.min(blocks * 512, Math.ceil(size / PAGE_BYTES) * PAGE_BYTES)
}

const PAGE_BYTES = 4_096

/** A file of several names occupies its blocks once. */
function isKnown(stats: Stats, linked: Set<string>): boolean {
  if (stats.nlink === 1 || stats.isDirectory()) return false
  const identity = `${stats.dev}:${stats.ino}`
  if (linked.has(identity)) return true
  linked.add(identity)
  return false
}

function open(folder: string): Dir | undefined {
  try {
    return opendirSync(folder)
  } catch {
    return undefined
  }
}

/** A folder that is deleted while it is read has no more entries. */
function nextOf(entries: Dir | undefined): Dirent | undefined {
  try {
    return entries?.readSync() ?? undefined
  } catch {
    return undefined
  }
}

/** Of a link itself, not of what it points to. */
function statsOf(path: string): Stats | undefined {
  try {
    return lstatSync(path)
  } catch {
    return undefined
  }
}
