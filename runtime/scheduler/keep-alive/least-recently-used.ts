import type { KeepAlive } from './keep-alive.ts'

/**
 * What the policies have in common that learn nothing from invocations and evictions: a sandbox is
 * worth the instant at which it became idle, so that the one idle longest goes first.
 */
export const leastRecentlyUsed: Omit<KeepAlive, 'idle'> = {
  arrived: () => undefined,
  worth: ({ nowUs }) => nowUs,
  evicted: () => undefined,
}
