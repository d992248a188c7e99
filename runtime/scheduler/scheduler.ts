import { newSandboxId, type RequestId, type SandboxId } from '../kernel/ids.ts'
import { invariant, unreachable } from '../kernel/invariant.ts'
import type { Random } from '../kernel/random.ts'
import { admit } from './admission-policy.ts'
import { ConcurrencyLedger } from './concurrency-ledger.ts'
import { idleDeadlineUs, victimUnderPressure } from './eviction-policy.ts'
import { place } from './placement-policy.ts'
import { isUnused, type SandboxRecord, SandboxTable } from './sandbox-table.ts'
import type {
  FinishKind,
  FunctionFacts,
  FunctionKey,
  ResetReason,
  SchedulerAction,
  SchedulerEvent,
  SchedulerTimer,
  StopReason,
} from './scheduler-events.ts'
import { StartSlots } from './start-slots.ts'

export interface SchedulerOptions {
  /** Invocations at once over all functions. */
  readonly accountLimit: number
  /** Sandboxes at once, idle ones included: what the machine's memory holds. */
  readonly maxSandboxes: number
  /** Sandboxes that are being started at once; further ones wait their turn. */
  readonly maxParallelStarts: number
  /** Limit of an init phase. Lambda: 10 s. */
  readonly initTimeoutUs: number
  readonly idleTimeoutUs: number
  /** A sandbox that stays idle this long is frozen: under load it is simply reused. */
  readonly freezeDelayUs: number
  readonly random: Random
}

/**
 * Decides who runs where and when. A synchronous core: events in, actions out; no promise, no
 * clock, no logger. The driver executes the actions on real sandboxes, the simulation on simulated
 * ones, so that what was simulated is what runs.
 *
 * The way of an invocation: admission (may it run now?), placement (in which sandbox?), start if
 * that has no runtime, dispatch, finish. It stays tied to one sandbox from placement to finish.
 *
 * Init that fails is tried once more inside the invocation, under the function's timeout, as Lambda
 * does (AWS Lambda Developer Guide, "Understanding the Lambda execution environment lifecycle").
 */
export class Scheduler {
  readonly #options: SchedulerOptions
  readonly #functions = new Map<FunctionKey, FunctionFacts>()
  readonly #table: SandboxTable
  readonly #ledger: ConcurrencyLedger
  readonly #starts: StartSlots<SandboxRecord>
  #nowUs = 0
  #actions: SchedulerAction[] = []

  constructor(options: SchedulerOptions) {
    this.#options = options
    this.#table = new SandboxTable(options.freezeDelayUs)
    this.#ledger = new ConcurrencyLedger(options.accountLimit)
    // Each waiting start belongs to an admitted invocation, so the account limit bounds them.
    this.#starts = new StartSlots(options.maxParallelStarts, options.accountLimit)
  }

  /** All sandboxes, for reading. */
  sandboxes(): Iterable<Readonly<SandboxRecord>> {
    return this.#table.all()
  }

  /** Invocations in flight, over all functions. */
  inFlight(): number {
    return this.#ledger.total()
  }

  apply(event: SchedulerEvent, nowUs: number): SchedulerAction[] {
    this.#nowUs = nowUs
    this.#actions = []
    this.#handle(event)
    this.#startNext()
    return this.#actions
  }

  #handle(event: SchedulerEvent): void {
    switch (event.type) {
      case 'functionDeployed':
        return this.#deploy(event.facts)
      case 'invocationArrived':
        return this.#arrive(event.requestId, event.functionKey, event.forceCold)
      case 'evictRequested':
        return this.#evict(event.functionKey, 'evicted')
      case 'closeRequested':
        return this.#close()
      case 'timerFired':
        return this.#timerFired(event.timer)
      default:
        return this.#handleOfSandbox(event)
    }
  }

  /** What comes from a sandbox may come late: after it was stopped, it is of no interest. */
  #handleOfSandbox(event: Extract<SchedulerEvent, { sandboxId: SandboxId }>): void {
    const record = this.#table.get(event.sandboxId)
    if (record === undefined) return
    switch (event.type) {
      case 'started':
        return this.#started(record)
      case 'startFailed':
        return this.#startFailed(record)
      case 'responded':
        return this.#responded(record, event.requestId, event.reusable)
      case 'runtimeExited':
        return this.#runtimeExited(record, event.requestId)
      case 'wasReset':
        return this.#wasReset(record)
      case 'exitedIdle':
        if (isUnused(record)) this.#stop(record, 'runtime exited')
        return
      case 'failed':
        this.#finish(record, record.resetFor === 'runtime ends' ? 'answered' : 'lost')
        if (record.state !== 'stopping') this.#stop(record, 'failure')
        return
      case 'stopped':
        return this.#table.remove(record)
      default:
        unreachable(event, 'scheduler event')
    }
  }

  // ── arrival ────────────────────────────────────────────────────────────────────────────────

  #deploy(facts: FunctionFacts): void {
    if (this.#functions.has(facts.key)) this.#evict(facts.key, 'replaced')
    this.#functions.set(facts.key, facts)
    this.#ledger.setReservation(facts)
  }

  #arrive(requestId: RequestId, functionKey: FunctionKey, forceCold: boolean): void {
    const admission = admit(this.#ledger.snapshot(functionKey))
    if (!admission.admitted) {
      this.#do({ type: 'throttle', requestId, reason: admission.reason })
      return
    }
    this.#ledger.take(functionKey)
    const { idle, halted, lasting } = this.#table.of(functionKey)
    const placement = place({ forceCold, idle, halted, sandboxCount: lasting })
    const record =
      placement.kind === 'create' ? this.#create(functionKey) : this.#record(placement.sandboxId)
    record.requestId = requestId
    this.#do({ type: 'assign', requestId, sandboxId: record.id, why: placement.why })
    if (placement.kind === 'reuse') this.#dispatch(record)
    else this.#enqueueStart(record, placement.kind === 'create' ? 'init' : 'invoke')
  }

  #create(functionKey: FunctionKey): SandboxRecord {
    const victim = victimUnderPressure({
      sandboxCount: this.#table.size,
      maxSandboxes: this.#options.maxSandboxes,
      idle: this.#table.free(),
    })
    if (victim !== undefined) this.#stop(this.#record(victim), 'memory pressure')
    const id = newSandboxId(this.#options.random)
    const record = this.#table.add(id, this.#facts(functionKey), this.#nowUs)
    this.#do({ type: 'create', sandboxId: id, functionKey })
    return record
  }

  // ── start ──────────────────────────────────────────────────────────────────────────────────

  #enqueueStart(record: SandboxRecord, phase: 'init' | 'invoke'): void {
    this.#table.move(record, 'queued')
    record.phase = phase
    this.#starts.enqueue(record)
  }

  #startNext(): void {
    for (;;) {
      const record = this.#starts.take()
      if (record?.requestId === undefined) return
      this.#table.move(record, 'starting')
      // Inside an invocation the function's timeout covers init and handler together.
      if (record.phase === 'init') this.#setTimer(record, 'init', this.#options.initTimeoutUs)
      else this.#setDeadline(record)
      const { id: sandboxId, requestId, phase } = record
      this.#do({ type: 'start', sandboxId, requestId, phase })
    }
  }

  #started(record: SandboxRecord): void {
    if (record.state !== 'starting') return
    this.#starts.release()
    if (record.phase === 'init') this.#clearTimer(record, 'init')
    this.#dispatch(record)
  }

  #startFailed(record: SandboxRecord): void {
    if (record.state !== 'starting') return
    this.#starts.release()
    this.#clearTimer(record, record.phase === 'init' ? 'init' : 'deadline')
    if (record.phase === 'init') return this.#enqueueStart(record, 'invoke')
    this.#finish(record, 'init failed')
    this.#halt(record, 'crash')
  }

  // ── invoke ─────────────────────────────────────────────────────────────────────────────────

  #dispatch(record: SandboxRecord): void {
    const { id: sandboxId, requestId, frozen } = record
    invariant(requestId !== undefined, `sandbox ${sandboxId} has nothing to run`)
    // A deadline that began with an inline init goes on.
    const goesOn = record.state === 'starting' && record.phase === 'invoke'
    if (!goesOn) this.#setDeadline(record)
    this.#table.move(record, 'busy')
    this.#table.thaw(record, this.#nowUs)
    record.invocations += 1
    const { deadlineUs } = record
    this.#do({ type: 'dispatch', sandboxId, requestId, deadlineUs, thawFirst: frozen })
  }

  #responded(record: SandboxRecord, requestId: RequestId, reusable: boolean): void {
    if (record.requestId !== requestId) return
    if (record.state === 'resetting') return
    invariant(record.state === 'busy', `response of sandbox ${record.id} while ${record.state}`)
    this.#clearTimer(record, 'deadline')
    if (!reusable) return this.#reset(record, 'runtime ends')
    this.#finish(record, 'answered')
    this.#free(record)
  }

  #runtimeExited(record: SandboxRecord, requestId: RequestId): void {
    if (record.requestId !== requestId) return
    if (record.state === 'resetting') return
    invariant(record.state === 'busy', `exit of sandbox ${record.id} while ${record.state}`)
    this.#clearTimer(record, 'deadline')
    this.#finish(record, 'crash')
    this.#halt(record, 'crash')
  }

  #finish(record: SandboxRecord, how: FinishKind): void {
    const { requestId } = record
    if (requestId === undefined) return
    record.requestId = undefined
    this.#ledger.release(record.functionKey)
    this.#do({ type: 'finish', requestId, how })
  }

  // ── reset ──────────────────────────────────────────────────────────────────────────────────

  #reset(record: SandboxRecord, reason: ResetReason): void {
    if (record.state === 'starting') this.#starts.release()
    this.#table.move(record, 'resetting')
    record.resetFor = reason
    this.#do({ type: 'reset', sandboxId: record.id, reason })
  }

  /**
   * Only now is the invocation over: its concurrency is taken until nothing of it can run any more,
   * and whoever invokes next finds the sandbox free.
   */
  #wasReset(record: SandboxRecord): void {
    if (record.state !== 'resetting') return
    const reason = record.resetFor
    record.resetFor = undefined
    if (reason === 'init timeout' && record.requestId !== undefined) {
      this.#enqueueStart(record, 'invoke')
      return
    }
    const isTimeout = reason === 'timeout'
    this.#finish(record, isTimeout ? 'timeout' : 'answered')
    this.#halt(record, isTimeout ? 'timeout' : 'crash')
  }

  // ── between invocations ────────────────────────────────────────────────────────────────────

  #free(record: SandboxRecord): void {
    record.idleSinceUs = this.#nowUs
    this.#table.move(record, 'idle')
    if (record.doomedFor !== undefined) return this.#stop(record, record.doomedFor)
    this.#armLazily(record, 'freeze', record.freezeDelayUs)
    this.#armLazily(record, 'idle', this.#options.idleTimeoutUs)
  }

  #halt(record: SandboxRecord, lostTo: 'timeout' | 'crash'): void {
    record.lostTo = lostTo
    record.frozen = false
    record.idleSinceUs = this.#nowUs
    this.#table.move(record, 'halted')
    if (record.doomedFor !== undefined) return this.#stop(record, record.doomedFor)
    this.#armLazily(record, 'idle', this.#options.idleTimeoutUs)
  }

  #timerFired({ kind, sandboxId }: SchedulerTimer): void {
    const record = this.#table.get(sandboxId)
    if (record === undefined || record.state === 'stopping') return
    switch (kind) {
      case 'init':
        if (record.state === 'starting') this.#reset(record, 'init timeout')
        return
      case 'deadline':
        if (record.state === 'starting' || record.state === 'busy') this.#reset(record, 'timeout')
        return
      case 'freeze':
        record.armed.freeze = false
        if (record.state === 'idle' && !record.frozen) this.#freezeWhenDue(record)
        return
      case 'idle':
        record.armed.idle = false
        if (record.state === 'idle' || record.state === 'halted') this.#evictWhenDue(record)
        return
      default:
        unreachable(kind, 'timer')
    }
  }

  /**
   * The idle and freeze timers are not cleared when a sandbox is reused, which would cost two timers
   * for every invocation: they look when they fire, and are set again if they were early.
   */
  #freezeWhenDue(record: SandboxRecord): void {
    const dueUs = record.idleSinceUs + record.freezeDelayUs
    if (this.#nowUs < dueUs) return this.#armLazily(record, 'freeze', dueUs - this.#nowUs)
    this.#table.freeze(record, this.#nowUs)
    this.#do({ type: 'freeze', sandboxId: record.id })
  }

  #evictWhenDue(record: SandboxRecord): void {
    const dueUs = idleDeadlineUs(record, this.#options.idleTimeoutUs)
    if (this.#nowUs < dueUs) this.#armLazily(record, 'idle', dueUs - this.#nowUs)
    else this.#stop(record, 'idle')
  }

  #armLazily(record: SandboxRecord, kind: 'freeze' | 'idle', afterUs: number): void {
    if (record.armed[kind]) return
    record.armed[kind] = true
    this.#setTimer(record, kind, afterUs)
  }

  // ── the end ────────────────────────────────────────────────────────────────────────────────

  #evict(functionKey: FunctionKey | undefined, reason: StopReason): void {
    for (const record of [...this.#table.all()]) {
      if (functionKey !== undefined && record.functionKey !== functionKey) continue
      if (record.state === 'idle' || record.state === 'halted') this.#stop(record, reason)
      else this.#table.doom(record, reason)
    }
  }

  #close(): void {
    for (const record of [...this.#table.all()]) {
      this.#finish(record, 'closing')
      if (record.state !== 'stopping') this.#stop(record, 'closing')
    }
  }

  #stop(record: SandboxRecord, reason: StopReason): void {
    if (record.state === 'starting') this.#starts.release()
    if (record.state === 'queued') this.#starts.cancel(record)
    this.#clearTimers(record)
    this.#table.move(record, 'stopping')
    this.#do({ type: 'stop', sandboxId: record.id, reason })
  }

  // ── small tools ────────────────────────────────────────────────────────────────────────────

  #facts(functionKey: FunctionKey): FunctionFacts {
    const facts = this.#functions.get(functionKey)
    invariant(facts !== undefined, `function '${functionKey}' was not deployed`)
    return facts
  }

  #record(id: SandboxId): SandboxRecord {
    const record = this.#table.get(id)
    invariant(record !== undefined, `sandbox ${id} is not in the table`)
    return record
  }

  #setTimer(record: SandboxRecord, kind: SchedulerTimer['kind'], afterUs: number): void {
    const atUs = this.#nowUs + afterUs
    this.#do({ type: 'setTimer', timer: { kind, sandboxId: record.id }, atUs })
  }

  #setDeadline(record: SandboxRecord): void {
    record.deadlineUs = this.#nowUs + record.timeoutUs
    this.#setTimer(record, 'deadline', record.timeoutUs)
  }

  #clearTimer(record: SandboxRecord, kind: SchedulerTimer['kind']): void {
    this.#do({ type: 'clearTimer', timer: { kind, sandboxId: record.id } })
  }

  #clearTimers(record: SandboxRecord): void {
    for (const kind of ['init', 'deadline', 'freeze', 'idle'] as const) {
      this.#clearTimer(record, kind)
    }
  }

  #do(action: SchedulerAction): void {
    this.#actions.push(action)
  }
}
