import type { Isolation } from '../sandbox/sandbox.ts'

/**
 * What one more sandbox takes from the machine at least, in MB: an idle Node process has a
 * proportional set size of 6 to 10 MB; a running handler needs some more.
 */
export const LEAST_FOOTPRINT_MB = 16

/**
 * Of the 39 to 44 MB that a bare Node process has resident, these are pages of the binary and its
 * libraries, which all processes share.
 */
const SHARED_BY_PROCESSES_MB = 32

/**
 * What a sandbox takes of the machine's memory, judged by the peak that its runtime had: an estimate,
 * since what is shared with others is only known by reading the tables of all pages, which takes longer
 * than an invocation.
 */
export function footprintMb(peakMb: number, isolation: Isolation): number {
  const ownMb = isolation === 'process' ? peakMb - SHARED_BY_PROCESSES_MB : peakMb
  return Math.max(LEAST_FOOTPRINT_MB, ownMb)
}
