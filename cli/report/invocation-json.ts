import type { InvokeResult } from '../../runtime/invoke/invocation.ts'

/** One invocation as `--json` prints it. Durations in milliseconds, phases in microseconds. */
export function invocationJson(result: InvokeResult) {
  const { report } = result
  return {
    payload: payloadOf(result),
    functionError: result.functionError ?? null,
    requestId: result.requestId,
    sandboxId: result.sandboxId,
    isolation: result.isolation,
    coldStart: result.coldStart,
    startReason: result.startReason,
    outcome: result.outcome,
    report: {
      durationMs: report.durationMs,
      billedDurationMs: report.billedDurationMs,
      initDurationMs: report.initDurationMs ?? null,
      memorySizeMb: report.memorySizeMb,
      maxMemoryUsedMb: report.maxMemoryUsedMb ?? null,
    },
    phases: result.phases,
    totalMs: result.totalMs,
    logs: result.logs,
  }
}

/** What the handler returned; as text where a runtime wrote something else than JSON. */
export function payloadOf({ payload }: Pick<InvokeResult, 'payload'>): unknown {
  const text = Buffer.from(payload).toString('utf8')
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
