import { invariant } from '../kernel/invariant.ts'
import { BYTES_PER_MB, usToMs } from '../kernel/units.ts'
import type { RuntimeExit } from '../sandbox/sandbox.ts'
import type { InvocationRun } from '../scheduler/invocation-run.ts'
import { billedDurationMs } from '../telemetry/billing.ts'
import { platformErrorType } from '../telemetry/error-type.ts'
import type { Report, Status } from '../telemetry/platform-events.ts'
import { exitError, timeoutError } from './function-errors.ts'
import type { OutcomeKind, StartReason } from './invocation.ts'

/** How an invocation ended, for the caller and for the platform's record. */
export interface Ending {
  readonly outcome: OutcomeKind
  readonly payload: Uint8Array
  /** As the caller sees it in the payload; absent on success. */
  readonly errorType: string | undefined
  readonly status: Status
  /** As REPORT and platform events name it: only where the runtime or the platform failed. */
  readonly platformErrorType: string | undefined
}

export function endingOf(run: InvocationRun): Ending {
  const { requestId, version } = run.request
  switch (run.how) {
    case 'timeout': {
      const error = timeoutError(requestId, version.config.timeoutMs)
      return { outcome: 'timeout', status: 'timeout', platformErrorType: undefined, ...error }
    }
    case 'init failed':
      return initFailure(run)
    default:
      return answer(run)
  }
}

/** The second init, inside the invocation, is the one whose error the caller gets. */
function initFailure(run: InvocationRun): Ending {
  const init = run.inits.at(-1)?.outcome
  invariant(init !== undefined && init.kind !== 'ready', 'a failed init without a failure')
  if (init.kind === 'exited') return crash(run, init.exit)
  return {
    outcome: 'error',
    payload: init.payload,
    errorType: init.errorType,
    status: 'error',
    platformErrorType: platformErrorType(init.errorType),
  }
}

function answer(run: InvocationRun): Ending {
  const { outcome } = run
  invariant(outcome !== undefined, 'an answered invocation without an answer')
  if (outcome.kind === 'exited') return crash(run, outcome.exit)
  const { payload } = outcome
  if (outcome.kind === 'response') {
    return {
      outcome: 'success',
      payload,
      errorType: undefined,
      status: 'success',
      platformErrorType: undefined,
    }
  }
  return {
    outcome: 'error',
    payload,
    errorType: outcome.errorType,
    status: 'error',
    // The caller keeps the error that was posted; that the runtime then ended is the record's.
    platformErrorType: outcome.fatal ? 'Runtime.ExitError' : undefined,
  }
}

/** The caller sees how the runtime ended, the platform's record also why. */
function crash({ request }: InvocationRun, exit: RuntimeExit): Ending {
  const error = exitError(request.requestId, exit)
  const platformErrorType = exit.exceeded === 'memory' ? OUT_OF_MEMORY : error.errorType
  return { outcome: 'crash', status: 'error', platformErrorType, ...error }
}

/** Seen in REPORT lines since 2025; the payload still says `Runtime.ExitError`. */
const OUT_OF_MEMORY = 'Runtime.OutOfMemory'

export function startReasonOf(run: InvocationRun): StartReason {
  invariant(run.assignment !== undefined, 'a finished invocation without a sandbox')
  return run.inits.length > 1 ? 'init retried' : run.assignment.why
}

/** The figures of the REPORT line. */
export function reportOf(run: InvocationRun, ending: Ending): Report {
  const { config } = run.request.version
  invariant(run.durationFromUs !== undefined && run.endedUs !== undefined, 'a run without stamps')
  const measuredUs = Math.max(0, run.endedUs - run.durationFromUs)
  // A sandbox is ended a moment after its time is up; Lambda reports the limit itself.
  const durationUs =
    ending.outcome === 'timeout' ? Math.min(measuredUs, config.timeoutMs * 1_000) : measuredUs
  const initDurationUs = initDurationUsOf(run)
  return {
    status: ending.status,
    errorType: ending.platformErrorType,
    durationMs: usToMs(durationUs),
    billedDurationMs: billedDurationMs(durationUs, initDurationUs),
    initDurationMs: initDurationUs === undefined ? undefined : usToMs(initDurationUs),
    memorySizeMb: config.memorySizeMb,
    maxMemoryUsedMb: maxMemoryUsedMbOf(run, ending),
  }
}

/**
 * What was killed for lack of memory had used all of it. More than that cannot be: pages of files that
 * the system counts as a process's own are not part of the limit.
 */
function maxMemoryUsedMbOf(run: InvocationRun, ending: Ending): number | undefined {
  const { memorySizeMb } = run.request.version.config
  if (ending.platformErrorType === OUT_OF_MEMORY) return memorySizeMb
  if (run.peakMemoryBytes === undefined) return undefined
  return Math.min(memorySizeMb, Math.ceil(run.peakMemoryBytes / BYTES_PER_MB))
}

/**
 * From the runtime's process to the loaded handler. Only a successful init phase of its own has an
 * Init Duration: one inside the invocation is part of Duration.
 */
function initDurationUsOf(run: InvocationRun): number | undefined {
  const first = run.inits[0]
  if (first === undefined || first.phase !== 'init' || first.outcome.kind !== 'ready') {
    return undefined
  }
  const { beginUs, spawnedUs, initialisedUs } = first.outcome.stamps
  return initialisedUs === undefined ? undefined : initialisedUs - (spawnedUs ?? beginUs)
}
