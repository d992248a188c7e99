import type { SelfReportedMemory } from '../runtime-api/protocol.ts'
import { nowUs } from './stamp.ts'

/** A measurement of the heap is good for this long. */
const FRESH_US = 100_000

/** So is one of the peak: in this time it grows by a few megabytes at most. */
const FRESH_PEAK_US = 1_000

const BYTES_PER_KB = 1_024

/**
 * What a process says of its own memory, at the cost of neither cold nor warm starts.
 *
 * The peak takes 2 µs to ask for, from outside 20: it is asked at every answer but those of a burst of
 * the briefest. The heap is a detail: `node:v8` takes 0.6 ms to load; `process.memoryUsage` is there,
 * but reads /proc, which takes 20 µs. So that one is asked, and seldom.
 */
export function processMemory(): () => SelfReportedMemory {
  // Taken before a handler can put its own in their place.
  const { memoryUsage, resourceUsage } = process
  let measuredUs = Number.NEGATIVE_INFINITY
  let heapBytes = 0
  let peakMeasuredUs = Number.NEGATIVE_INFINITY
  let peakResidentBytes = 0
  return () => {
    const atUs = nowUs()
    if (atUs - measuredUs >= FRESH_US) {
      const { heapTotal, external } = memoryUsage()
      measuredUs = atUs
      heapBytes = heapTotal + external
    }
    if (atUs - peakMeasuredUs >= FRESH_PEAK_US) {
      peakMeasuredUs = atUs
      peakResidentBytes = resourceUsage().maxRSS * BYTES_PER_KB
    }
    return { heapBytes, peakResidentBytes }
  }
}
