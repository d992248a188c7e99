import type { LoadResult } from '../../measure/results/load-result.ts'
import { csvText } from '../csv.ts'

const HEAD = [
  'second',
  'sent',
  'cold',
  'warm',
  'answered',
  'throttled',
  'failed',
  'in_flight',
  'sandboxes_starting',
  'sandboxes_busy',
  'sandboxes_idle',
  'p50_ms',
  'p99_ms',
  'max_ms',
] as const

/** One line for each second; empty where the figure is not known. */
export function loadCsv({ seconds }: LoadResult): string {
  return csvText(
    HEAD,
    seconds.map((row) => [
      row.second,
      row.sent,
      row.cold,
      row.warm,
      row.answered ?? 0,
      row.throttled,
      row.failed,
      row.inFlight,
      row.sandboxes?.starting,
      row.sandboxes?.busy,
      row.sandboxes?.idle,
      row.p50Ms,
      row.p99Ms,
      row.maxMs,
    ]),
  )
}
