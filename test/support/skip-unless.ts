import { beforeEach } from 'vitest'

/**
 * Skips the tests of the `describe` (or file) it is called in unless `condition` holds. The reason is
 * listed at the end of the run: nothing is skipped in silence.
 *
 * @param reason what is missing, as in 'needs root, to mount a file system'.
 */
export function skipUnless(condition: boolean, reason: string): void {
  beforeEach((context) => context.skip(!condition, reason))
}
