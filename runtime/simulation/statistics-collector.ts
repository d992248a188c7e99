import type { ThrottleReason } from '../kernel/errors.ts'
import { invariant } from '../kernel/invariant.ts'
import type { FinishKind, StopReason } from '../scheduler/scheduler-events.ts'
import { billedDurationMs } from '../telemetry/billing.ts'
import { LatencyHistogram } from './latency-histogram.ts'
import { Timeline } from './timeline.ts'
import type { WorldInvocation, WorldSandbox } from './world-records.ts'

/** Counts what happens in the simulated world, as it happens. */
export class StatisticsCollector {
  readonly timeline: Timeline
  readonly coldLatency = new LatencyHistogram()
  readonly warmLatency = new LatencyHistogram()
  readonly throttles = new Map<ThrottleReason, number>()
  readonly stops = new Map<StopReason, number>()
  arrived = 0
  cold = 0
  warm = 0
  provisioned = 0
  spillover = 0
  timeouts = 0
  refused = 0
  created = 0
  prewarmedStarted = 0
  prewarmedUsed = 0
  inFlight = 0
  /** How long finished invocations took concurrency, all together; microseconds. */
  takenUs = 0
  /** When the last invocation ended. */
  lastEndUs = 0

  /** @param durationUs of the workload. */
  constructor(durationUs: number) {
    this.timeline = new Timeline(durationUs)
  }

  arrive({ fn }: WorldInvocation): void {
    this.arrived += 1
    fn.arrived += 1
    this.timeline.arrived()
  }

  assign(invocation: WorldInvocation, sandbox: WorldSandbox): void {
    this.inFlight += 1
    this.timeline.assigned()
    if (invocation.isCold) this.timeline.cold()
    if (!sandbox.isUnusedPrewarm) return
    sandbox.isUnusedPrewarm = false
    this.prewarmedUsed += 1
  }

  throttle(reason: ThrottleReason): void {
    count(this.throttles, reason)
    this.timeline.throttled()
  }

  refuse(): void {
    this.refused += 1
    this.timeline.refused()
  }

  /** It is the sandbox's no more. */
  finish(invocation: WorldInvocation, sandbox: WorldSandbox, how: FinishKind, nowUs: number): void {
    if (how !== 'answered' && how !== 'timeout') invariant(false, `it ended as '${how}'`)
    const { fn, isCold } = invocation
    const tookUs = nowUs - invocation.arrivedUs
    this.inFlight -= 1
    this.takenUs += tookUs
    this.lastEndUs = nowUs
    this.timeline.finished()
    fn.completed += 1
    if (isCold) {
      fn.cold += 1
      this.cold += 1
      this.coldLatency.record(tookUs + invocation.overheadUs)
    } else {
      this.warm += 1
      this.warmLatency.record(tookUs + invocation.overheadUs)
    }
    if (how === 'timeout') this.timeouts += 1
    if (invocation.concurrency === 'provisioned') this.provisioned += 1
    if (invocation.concurrency === 'spillover') this.spillover += 1
    bill(invocation, sandbox, nowUs)
  }

  create({ fn }: WorldSandbox): void {
    this.created += 1
    this.timeline.created(fn.memoryMb)
  }

  prewarm(sandbox: WorldSandbox): void {
    sandbox.isUnusedPrewarm = true
    this.prewarmedStarted += 1
  }

  stop({ fn }: WorldSandbox, reason: StopReason): void {
    count(this.stops, reason)
    this.timeline.stopped(fn.memoryMb)
  }
}

function bill(
  { fn, durationFromUs, initUs }: WorldInvocation,
  { isProvisioned }: WorldSandbox,
  nowUs: number,
): void {
  const { size } = fn
  const ms = billedDurationMs(nowUs - durationFromUs, initUs)
  size.requests += 1
  if (isProvisioned) size.provisionedMs += ms
  else size.onDemandMs += ms
}

function count<Key>(counts: Map<Key, number>, key: Key): void {
  counts.set(key, (counts.get(key) ?? 0) + 1)
}
