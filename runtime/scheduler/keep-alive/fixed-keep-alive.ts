import type { KeepAlive, Keeping } from './keep-alive.ts'
import { leastRecentlyUsed } from './least-recently-used.ts'

/**
 * Every sandbox is kept for the same time; the one idle longest goes first when memory is short.
 *
 * @param lifetimeUs microseconds; 0: none is kept, so that every invocation is cold.
 */
export function fixedKeepAlive(lifetimeUs: number): KeepAlive {
  // One object for all: this is asked after every invocation of a simulation of millions.
  const keeping: Keeping = Object.freeze({ keepUs: lifetimeUs })
  return { ...leastRecentlyUsed, idle: () => keeping }
}
