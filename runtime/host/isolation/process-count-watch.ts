import type { Clock } from '../../kernel/clock.ts'
import { US_PER_MS } from '../../kernel/units.ts'
import { threadCount } from './process-figures.ts'
import { type Watch, watch } from './watch.ts'

export interface ProcessCountWatchInput {
  /** All processes of the sandbox. */
  readonly members: () => readonly number[]
  /** How many processes and threads are allowed: each thread counts, the main ones too. */
  readonly limit: number
  readonly clock: Clock
  readonly onExceeded: () => void
}

const LOOK_US = 50 * US_PER_MS

/**
 * Says once that a process tree has more processes and threads than it may: for machines that cannot
 * refuse it the next one. A look costs what `members` costs and 9 µs a process.
 */
export function watchProcessCount(input: ProcessCountWatchInput): Watch {
  const { members, limit, clock, onExceeded } = input
  return watch(clock, LOOK_US, () => {
    const pids = members()
    // Each has a thread at least: a fork bomb need not be counted out.
    if (pids.length <= limit && threadsOf(pids) <= limit) return LOOK_US
    onExceeded()
    return undefined
  })
}

const threadsOf = (pids: readonly number[]): number =>
  pids.reduce((sum, pid) => sum + threadCount(pid), 0)
