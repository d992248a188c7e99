import type { InvokeResult } from '../../../runtime/invoke/invocation.ts'
import type { RequestId, SandboxId } from '../../../runtime/kernel/ids.ts'
import type { PhaseName } from '../../../runtime/telemetry/phases.ts'

type PhasesMs = Partial<Record<PhaseName, number>>

const COLD: PhasesMs = { queued: 1, spawned: 4, booted: 20, initialised: 10, dispatched: 1, ran: 3 }
const WARM: PhasesMs = { queued: 0.1, dispatched: 0.1, ran: 0.2 }

/** An invocation as the emulator tells it: cold unless said otherwise. */
export function invokeResult({
  coldStart = true,
  outcome = 'success',
  errorType,
  phasesMs = coldStart ? COLD : WARM,
  sandboxId = '0123456789abcdef0123456789abcdef',
  payload = '{"ok":true}',
}: {
  coldStart?: boolean
  outcome?: InvokeResult['outcome']
  errorType?: string
  phasesMs?: PhasesMs
  sandboxId?: string
  payload?: string
} = {}): InvokeResult {
  let startUs = 0
  const phases = Object.entries(phasesMs).map(([phase, ms]) => {
    const durationUs = ms * 1_000
    startUs += durationUs
    return { phase: phase as PhaseName, startUs: startUs - durationUs, durationUs }
  })
  return {
    requestId: '00000000-0000-4000-8000-000000000001' as RequestId,
    traceId: 'Root=1-0-0;Sampled=0',
    functionName: 'f',
    executedVersion: '$LATEST',
    sandboxId: sandboxId as SandboxId,
    isolation: 'process',
    coldStart,
    startReason: coldStart ? 'no sandbox' : 'reused',
    outcome,
    functionError: outcome === 'success' ? undefined : 'Unhandled',
    errorType,
    payload: new TextEncoder().encode(payload),
    report: {
      status: 'success',
      errorType: undefined,
      durationMs: 2.5,
      billedDurationMs: 38,
      initDurationMs: coldStart ? 35 : undefined,
      memorySizeMb: 128,
      maxMemoryUsedMb: 42,
    },
    phases,
    totalMs: startUs / 1_000,
    logs: ['START RequestId: 1', 'END RequestId: 1'],
  }
}
