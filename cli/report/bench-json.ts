import { WARM_UP_CALLS } from '../measure/bench-plan.ts'
import type { Measured } from '../measure/bench-run.ts'
import type { Environment } from '../measure/environment.ts'
import type { Sample } from '../measure/sample.ts'
import { summarise } from '../measure/statistics.ts'

export interface BenchRecord {
  readonly seed: number
  /** ISO 8601. */
  readonly startedAt: string
  /** All of the plan was carried out. */
  readonly complete: boolean
  readonly environment: Environment
  readonly measured: readonly Measured[]
}

/** A benchmark as `--json` writes it. Raise `schemaVersion` when a reader would have to change. */
export function benchJson({ seed, startedAt, complete, environment, measured }: BenchRecord) {
  return {
    schema: 'sandlot-bench',
    schemaVersion: 1,
    startedAt,
    complete,
    seed,
    warmUpCalls: WARM_UP_CALLS,
    environment: { ...environment, nodeOptions: environment.nodeOptions ?? null },
    variants: measured.map(({ variant, cold, warm, warmUp, failures, misclassified }) => ({
      target: variant.target,
      isolation: variant.isolation,
      memorySizeMb: variant.memorySizeMb,
      failures: Object.fromEntries(failures),
      misclassified,
      cold: section(cold),
      warm: section(warm),
      warmUp: { samples: warmUp.map(withNulls) },
    })),
  }
}

const section = (samples: readonly Sample[]) => ({
  summaryMs: withNulls(summarise(samples.map(({ totalMs }) => totalMs))),
  samples: samples.map(withNulls),
})

/** JSON leaves out what is undefined; a reader finds every field, `null` where there is no figure. */
function withNulls<Value extends object>(
  value: Value,
): { [Key in keyof Value]: Exclude<Value[Key], undefined> | null } {
  const entries = Object.entries(value).map(([key, each]) => [key, each ?? null])
  return Object.fromEntries(entries)
}
