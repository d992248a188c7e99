import type { InvokeResult } from '../../../runtime/invoke/invocation.ts'
import type { PhaseName } from '../../../runtime/telemetry/phases.ts'
import type { SeriesName } from '../results/bench-result.ts'

/** The figures of one successful invocation. Its payload and log are not kept. */
export interface Sample {
  /** `warm-up`: in no series. */
  readonly series: SeriesName | 'warm-up'
  /** Place in the order of measuring within its run: shows a machine that slowed down. */
  readonly sequence: number
  readonly sandboxId: string
  /** 1 for the invocation that started the sandbox. */
  readonly call: number
  /** From arrival to delivery, as measured apart from the phases. */
  readonly totalMs: number
  readonly durationMs: number
  readonly billedDurationMs: number
  readonly initDurationMs: number | null
  readonly maxMemoryUsedMb: number | null
  /** How long each phase took that happened; together they are `totalMs`. Microseconds. */
  readonly phasesUs: Readonly<Partial<Record<PhaseName, number>>>
}

export function sampleOf(
  { sandboxId, totalMs, report, phases }: InvokeResult,
  { series, sequence, call }: Pick<Sample, 'series' | 'sequence' | 'call'>,
): Sample {
  const { durationMs, billedDurationMs, initDurationMs, maxMemoryUsedMb } = report
  return {
    series,
    sequence,
    sandboxId,
    call,
    totalMs,
    durationMs,
    billedDurationMs,
    initDurationMs: initDurationMs ?? null,
    maxMemoryUsedMb: maxMemoryUsedMb ?? null,
    phasesUs: Object.fromEntries(phases.map(({ phase, durationUs }) => [phase, durationUs])),
  }
}
