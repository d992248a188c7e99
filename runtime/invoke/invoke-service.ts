import { functionArn, parseFunctionReference } from '../functions/arn.ts'
import type { FunctionVersion } from '../functions/function-version.ts'
import type { Clock } from '../kernel/clock.ts'
import { asRequestId, newRequestId } from '../kernel/ids.ts'
import { invariant } from '../kernel/invariant.ts'
import type { Random } from '../kernel/random.ts'
import { usToMs } from '../kernel/units.ts'
import type { InvocationRequest, InvocationRun } from '../scheduler/invocation-run.ts'
import { phasesFrom } from '../telemetry/phases.ts'
import type { PlatformEvent } from '../telemetry/platform-events.ts'
import type { InvokeInput, InvokeResult } from './invocation.ts'
import { endingOf, reportOf, startReasonOf } from './invoke-result.ts'
import { checkedEvent } from './payload-limits.ts'
import { newTraceId } from './trace-id.ts'

export interface InvokeServiceOptions {
  /** Finds the function that a name, logical id or ARN means; throws `ResourceNotFound`. */
  readonly resolve: (functionName: string, qualifier?: string) => FunctionVersion
  /** Runs a request to its end; throws `TooManyRequests`, `SandboxUnavailable`, `Closing`. */
  readonly run: (request: InvocationRequest) => Promise<InvocationRun>
  readonly emit: (event: PlatformEvent) => void
  readonly clock: Clock
  readonly random: Random
}

/** The one door for all callers: checks what comes in, and tells all that came of it. */
export class InvokeService {
  readonly #options: InvokeServiceOptions

  constructor(options: InvokeServiceOptions) {
    this.#options = options
  }

  /** @throws SandlotError for a request that never ran: see `Emulator.invoke`. */
  async invoke(input: InvokeInput): Promise<InvokeResult> {
    const { clock, random, resolve, run } = this.#options
    const arrivedUs = clock.nowUs()
    const version = resolve(input.functionName, input.qualifier)
    const qualifier = qualifierOf(version, input)
    const finished = await run({
      requestId: asRequestId(input.requestId) ?? newRequestId(random),
      version,
      qualifier,
      event: checkedEvent(input.payload),
      forceCold: input.forceCold ?? false,
      invokedFunctionArn: invokedArn(version, qualifier),
      traceId: input.traceId ?? newTraceId(clock.wallMs(), random),
      clientContext: input.clientContext,
      arrivedUs,
    })
    return this.#result(finished)
  }

  #result(run: InvocationRun): InvokeResult {
    const { assignment, request } = run
    invariant(assignment !== undefined, 'a finished invocation without a sandbox')
    const ending = endingOf(run)
    const report = reportOf(run, ending)
    this.#tell(run, ending, report)
    const { requestId, traceId, version, arrivedUs } = request
    const deliveredUs = this.#options.clock.nowUs()
    run.ends.delivered = deliveredUs
    return {
      requestId,
      traceId,
      functionName: version.config.name,
      executedVersion: version.version,
      sandboxId: assignment.sandboxId,
      isolation: assignment.isolation,
      coldStart: run.inits.length > 0,
      startReason: startReasonOf(run),
      outcome: ending.outcome,
      functionError: ending.outcome === 'success' ? undefined : 'Unhandled',
      errorType: ending.errorType,
      payload: ending.payload,
      report,
      phases: phasesFrom(arrivedUs, run.ends),
      totalMs: usToMs(this.#options.clock.nowUs() - arrivedUs),
      logs: run.log.lines(),
    }
  }

  #tell(
    run: InvocationRun,
    ending: ReturnType<typeof endingOf>,
    report: InvokeResult['report'],
  ): void {
    const { requestId, version } = run.request
    const functionName = version.config.name
    const sandboxId = run.assignment?.sandboxId
    invariant(sandboxId !== undefined, 'a finished invocation without a sandbox')
    const atMs = this.#options.clock.wallMs()
    const { status, platformErrorType: errorType } = ending
    const served = servedOf(run)
    const tell = (event: PlatformEvent): void => {
      run.log.add(event)
      this.#options.emit(event)
    }
    const of = { functionName, sandboxId, atMs, requestId }
    // START follows an inline init, also one that failed.
    if (!run.wasDispatched) tell({ type: 'platform.start', ...of, version: version.version })
    // Written out, not spread: these two are made for every invocation.
    tell({
      type: 'platform.runtimeDone',
      functionName,
      sandboxId,
      atMs,
      requestId,
      status,
      errorType,
      served,
    })
    tell({ type: 'platform.report', functionName, sandboxId, atMs, requestId, report })
  }
}

/** What was answered when its time was up already does not count: nobody has it. */
const servedOf = ({ how, outcome }: InvocationRun): number | undefined =>
  how !== 'answered' || outcome === undefined || outcome.kind === 'exited'
    ? undefined
    : outcome.served

/** The version or alias as the caller named it; `undefined` where it gave none. */
function qualifierOf(
  { config }: FunctionVersion,
  { functionName, qualifier }: InvokeInput,
): string | undefined {
  if (qualifier !== undefined || functionName === config.name) return qualifier
  return parseFunctionReference(functionName).qualifier
}

/** The ARN has a qualifier only where the caller gave one: an alias stays one. */
function invokedArn({ config }: FunctionVersion, qualifier: string | undefined): string {
  const arn = functionArn(config.name)
  return qualifier === undefined ? arn : `${arn}:${qualifier}`
}
