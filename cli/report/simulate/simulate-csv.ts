import type { SimulateResult } from '../../measure/results/simulate-result.ts'
import { csvText } from '../csv.ts'

const HEAD = [
  'policy',
  'from_ms',
  'arrived',
  'cold',
  'throttled',
  'refused',
  'in_flight',
  'sandboxes',
  'memory_mb',
] as const

/** One line for each part of the simulated time under each policy. */
export const simulateCsv = ({ policies }: SimulateResult): string =>
  csvText(
    HEAD,
    policies.flatMap(({ policy, outcome }) =>
      outcome.timeline.map((row) => [
        policy,
        row.fromMs,
        row.arrived,
        row.cold,
        row.throttled,
        row.refused,
        row.inFlight,
        row.sandboxes,
        row.memoryMb,
      ]),
    ),
  )
