import type { Clock } from '../../kernel/clock.ts'
import { BYTES_PER_MB, US_PER_MS } from '../../kernel/units.ts'
import { heldMemoryBytes, proportionalMemoryBytes } from './process-figures.ts'
import { type Watch, watch } from './watch.ts'

export interface MemoryWatchInput {
  /** All processes of the sandbox. */
  readonly members: () => readonly number[]
  readonly limitBytes: number
  readonly clock: Clock
  readonly onExceeded: () => void
}

/**
 * Says once that a process tree holds more memory than it may: for machines that cannot limit it.
 *
 * What counts is what a control group would kill for: pages that nothing but the end of the process
 * frees. Pages of files do not: the kernel drops them when it is short, and those of the runtime's
 * binary (35 MB of a Node process) are shared by all sandboxes. So the same handler dies at the same
 * size whichever way it is limited, give or take the few MB that the kernel itself spends on it.
 *
 * A look costs what `members` costs and 13 µs a process.
 */
export function watchMemory({ members, limitBytes, clock, onExceeded }: MemoryWatchInput): Watch {
  let exactAgainUs = 0
  const isExceeded = (pids: readonly number[]): boolean => {
    const startUs = clock.nowUs()
    if (startUs < exactAgainUs) return false
    const isOver = exactBytes(pids) > limitBytes
    exactAgainUs = clock.nowUs() + (clock.nowUs() - startUs) * EXACT_LOOK_REST
    return isOver
  }
  return watch(clock, SHORTEST_LOOK_US, () => {
    const pids = members()
    const heldBytes = sumOf(pids, heldMemoryBytes)
    if (heldBytes <= limitBytes) return untilItMightBeFull(limitBytes - heldBytes)
    if (pids.length > 1 && !isExceeded(pids)) return SHORTEST_LOOK_US
    onExceeded()
    return undefined
  })
}

const SHORTEST_LOOK_US = 10 * US_PER_MS
const LONGEST_LOOK_US = 50 * US_PER_MS
/** One thread fills fresh memory with zeros at 2 to 3 GB/s at best. */
const FASTEST_GROWTH_BYTES_PER_US = (3 * BYTES_PER_MB) / US_PER_MS
/** The exact look walks page tables, 0.4 ms and more a process: it gets a tenth of the time. */
const EXACT_LOOK_REST = 10

const untilItMightBeFull = (leftBytes: number): number =>
  Math.min(
    Math.max(Math.round(leftBytes / FASTEST_GROWTH_BYTES_PER_US), SHORTEST_LOOK_US),
    LONGEST_LOOK_US,
  )

/**
 * Processes that were forked share their pages until one of them writes, so their sum says too much:
 * before anything is killed for it, shared pages are divided by the number of their users.
 */
const exactBytes = (pids: readonly number[]): number =>
  sumOf(pids, (pid) => proportionalMemoryBytes(pid) ?? heldMemoryBytes(pid))

const sumOf = (pids: readonly number[], bytesOf: (pid: number) => number): number =>
  pids.reduce((sum, pid) => sum + bytesOf(pid), 0)
