import type { Random } from '../../kernel/random.ts'
import { type LifetimeBounds, lifetimeUs } from './drawn-policy.ts'
import type { KeepAlive } from './keep-alive.ts'
import { leastRecentlyUsed } from './least-recently-used.ts'

/**
 * Every sandbox is kept for a time of its own, drawn anew whenever it becomes idle; the one idle
 * longest goes first when memory is short. One number is taken from `random` each time.
 */
export const drawnKeepAlive = (bounds: LifetimeBounds, random: Random): KeepAlive => ({
  ...leastRecentlyUsed,
  idle: () => ({ keepUs: lifetimeUs(bounds, random.next()) }),
})
