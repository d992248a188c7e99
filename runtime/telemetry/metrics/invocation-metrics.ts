import type { RequestId, SandboxId } from '../../kernel/ids.ts'
import type {
  InitReportEvent,
  InvocationAssignedEvent,
  InvocationEndedEvent,
  PlatformEvent,
  ReportEvent,
} from '../platform-events.ts'
import { type MetricSample, resourceOf } from './metric-sample.ts'

interface Running {
  readonly startedMs: number
  readonly resource: string
  readonly concurrency: InvocationAssignedEvent['concurrency']
  isCold: boolean
}

/** More than can run at once; those that were never reported are forgotten first. */
const MOST_RUNNING = 100_000

/**
 * What Lambda counts of invocations. It is told when one has been reported, and counts in the minute
 * in which the invocation was tied to its sandbox. One that the machine lost, or that was ended since
 * the emulator was closed, counts for nothing: the function is not to blame.
 */
export class InvocationMetrics {
  readonly #onSample: (sample: MetricSample) => void
  readonly #running = new Map<RequestId, Running>()
  readonly #servedBy = new Map<SandboxId, RequestId>()

  constructor(onSample: (sample: MetricSample) => void) {
    this.#onSample = onSample
  }

  onEvent(event: PlatformEvent): void {
    switch (event.type) {
      case 'invocation.assigned':
        return this.#assigned(event)
      case 'platform.initReport':
        return this.#initialised(event)
      case 'invocation.ended':
        return this.#ended(event)
      case 'platform.report':
        return this.#reported(event)
      case 'platform.throttle': {
        const { functionName, qualifier, atMs, reason } = event
        const resource = resourceOf(functionName, qualifier)
        return this.#onSample({ name: 'Throttles', atMs, value: 1, functionName, resource, reason })
      }
      default:
    }
  }

  #assigned(event: InvocationAssignedEvent): void {
    const { requestId, sandboxId, functionName, qualifier, concurrency, atMs } = event
    const resource = resourceOf(functionName, qualifier)
    this.#running.set(requestId, { startedMs: atMs, resource, concurrency, isCold: false })
    this.#servedBy.set(sandboxId, requestId)
    if (this.#running.size <= MOST_RUNNING) return
    for (const oldest of this.#running.keys()) {
      this.#running.delete(oldest)
      break
    }
  }

  #initialised({
    sandboxId,
    functionName,
    phase,
    status,
    durationMs,
    atMs,
  }: InitReportEvent): void {
    const requestId = this.#servedBy.get(sandboxId)
    const running = requestId === undefined ? undefined : this.#running.get(requestId)
    if (running !== undefined) running.isCold = true
    if (phase !== 'init' || status !== 'success') return
    const of = { functionName, resource: undefined, atMs: atMs - durationMs }
    this.#onSample({ name: 'InitDuration', value: durationMs, ...of })
  }

  #ended({ requestId, sandboxId, how }: InvocationEndedEvent): void {
    if (this.#servedBy.get(sandboxId) === requestId) this.#servedBy.delete(sandboxId)
    // Nothing is reported of these.
    if (how === 'lost' || how === 'closing') this.#running.delete(requestId)
  }

  #reported({ requestId, functionName, atMs, report }: ReportEvent): void {
    const running = this.#running.get(requestId)
    this.#running.delete(requestId)
    const { status, durationMs } = report
    const of = {
      functionName,
      resource: running?.resource ?? functionName,
      atMs: running?.startedMs ?? atMs - durationMs,
    }
    this.#onSample({ name: 'Invocations', value: 1, ...of })
    this.#onSample({ name: 'Errors', value: status === 'success' ? 0 : 1, ...of })
    this.#onSample({ name: 'Duration', value: durationMs, ...of })
    if (running?.isCold) this.#onSample({ name: 'ColdStarts', value: 1, ...of })
    if (running?.concurrency === 'provisioned') {
      this.#onSample({ name: 'ProvisionedConcurrencyInvocations', value: 1, ...of })
    }
    if (running?.concurrency === 'spillover') {
      this.#onSample({ name: 'ProvisionedConcurrencySpilloverInvocations', value: 1, ...of })
    }
  }
}
