import type { InvokeResult } from '../../runtime/invoke/invocation.ts'
import { WARM_UP_CALLS } from '../measure/bench-plan.ts'
import type { Measured } from '../measure/bench-run.ts'
import type { Environment } from '../measure/environment.ts'
import { summarise } from '../measure/statistics.ts'

export interface BenchRecord {
  readonly seed: number
  readonly startedAt: string
  readonly environment: Environment
  readonly measured: readonly Measured[]
}

/** A benchmark as `--json` writes it. Raise `schemaVersion` when a reader would have to change. */
export function benchJson({ seed, startedAt, environment, measured }: BenchRecord) {
  return {
    schema: 'sandlot-bench',
    schemaVersion: 1,
    startedAt,
    seed,
    warmUpCalls: WARM_UP_CALLS,
    environment,
    variants: measured.map(({ variant, cold, warm, failures, misclassified }) => ({
      target: variant.target,
      isolation: variant.isolation,
      memorySizeMb: variant.input.memorySizeMb ?? 128,
      failures: Object.fromEntries(failures),
      misclassified,
      cold: section(cold),
      warm: section(warm),
    })),
  }
}

const section = (results: readonly InvokeResult[]) => ({
  summaryMs: summarise(results.map(({ totalMs }) => totalMs)),
  samples: results.map(({ totalMs, report, phases }) => ({
    totalMs,
    durationMs: report.durationMs,
    initDurationMs: report.initDurationMs ?? null,
    maxMemoryUsedMb: report.maxMemoryUsedMb ?? null,
    phases,
  })),
})
