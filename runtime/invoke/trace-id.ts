import type { Random } from '../kernel/random.ts'

/**
 * A trace header in X-Ray's format, not sampled: there is no X-Ray here to send it to.
 * Format: AWS X-Ray Developer Guide, "Tracing header".
 */
export function newTraceId(wallMs: number, random: Random): string {
  const seconds = Math.floor(wallMs / 1_000)
    .toString(16)
    .padStart(8, '0')
  return `Root=1-${seconds}-${random.hex(12)};Parent=${random.hex(8)};Sampled=0`
}
