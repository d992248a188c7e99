import { getHeapStatistics } from 'node:v8'
import type { SelfReportedMemory } from '../runtime-api/protocol.ts'

/**
 * What a thread's isolate holds: its heap, and the memory outside that its objects own. Nobody else
 * knows, so it is measured every time. 0.5 µs; loading `node:v8` takes 0.4 ms of a thread's start.
 */
export function threadMemory(): SelfReportedMemory {
  const { total_heap_size, external_memory } = getHeapStatistics()
  return { heapBytes: total_heap_size + external_memory }
}
