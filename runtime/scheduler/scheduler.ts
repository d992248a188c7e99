import type { RequestId, SandboxId } from '../kernel/ids.ts'
import { invariant, unreachable } from '../kernel/invariant.ts'
import { AdmissionControl } from './admission-control.ts'
import { ConcurrencyLedger } from './concurrency-ledger.ts'
import { stateOf } from './held-pool.ts'
import { IdleControl } from './idle-control.ts'
import { makeKeepAlive } from './keep-alive/make-keep-alive.ts'
import { PoolControl } from './pool-control.ts'
import { SandboxControl } from './sandbox-control.ts'
import { isUnused, type SandboxRecord } from './sandbox-record.ts'
import { SandboxTable } from './sandbox-table.ts'
import type {
  EvictionScope,
  FinishKind,
  PoolState,
  ResetReason,
  SandboxTimer,
  SchedulerAction,
  SchedulerEvent,
  StopReason,
  VersionFacts,
  VersionKey,
  VersionTimer,
} from './scheduler-events.ts'
import type { SchedulerOptions } from './scheduler-options.ts'
import { Turn } from './turn.ts'

/**
 * Decides who runs where and when. A synchronous core: events in, actions out; no promise, no
 * clock, no logger. The driver executes the actions on real sandboxes, the simulation on simulated
 * ones, so that what was simulated is what runs.
 *
 * The way of an invocation: admission (may it run now?), placement (in which sandbox?), start if
 * that has no runtime, dispatch, finish. It stays tied to one sandbox from placement to finish.
 * The first two are in `admission-control.ts`, what becomes of a sandbox between invocations in
 * `idle-control.ts`, those that are held ready in `pool-control.ts`, room in memory and turns to start
 * in `sandbox-control.ts`.
 *
 * Init that fails is tried once more inside the invocation, under the function's timeout, as Lambda
 * does (AWS Lambda Developer Guide, "Understanding the Lambda execution environment lifecycle").
 */
export class Scheduler {
  readonly #options: SchedulerOptions
  readonly #turn = new Turn()
  readonly #table: SandboxTable
  readonly #ledger: ConcurrencyLedger
  readonly #control: SandboxControl
  readonly #admission: AdmissionControl
  readonly #idle: IdleControl
  readonly #pools: PoolControl

  constructor(options: SchedulerOptions) {
    const turn = this.#turn
    this.#options = options
    const table = new SandboxTable(options)
    const ledger = new ConcurrencyLedger(options.accountLimit, options.rates)
    const keepAlive = makeKeepAlive(options.keepAlive, options.random)
    const control = new SandboxControl({ options, table, keepAlive, turn })
    this.#table = table
    this.#ledger = ledger
    this.#control = control
    this.#admission = new AdmissionControl({ options, table, ledger, control, keepAlive, turn })
    this.#idle = new IdleControl({ options, table, control, keepAlive, turn })
    this.#pools = new PoolControl({ rates: options.rates, ledger, control, idle: this.#idle, turn })
  }

  /** All sandboxes, for reading. */
  sandboxes(): Iterable<Readonly<SandboxRecord>> {
    return this.#table.all()
  }

  /** Invocations in flight, over all functions. */
  inFlight(): number {
    return this.#ledger.total()
  }

  /** What sandboxes may take of the machine's memory, and take. */
  memory(): { readonly budgetMb: number; readonly takenMb: number } {
    return { budgetMb: this.#options.memoryBudgetMb, takenMb: this.#table.takenMb }
  }

  /** Where the sandboxes that are held ready for a version stand; `undefined`: none were asked for. */
  pool(versionKey: VersionKey, kind: 'provisioned' | 'warm'): PoolState | undefined {
    const version = this.#table.findVersion(versionKey)
    const pool = kind === 'warm' ? version?.keptWarm : version?.provisioned
    return pool === undefined ? undefined : stateOf(pool)
  }

  apply(event: SchedulerEvent, nowUs: number): SchedulerAction[] {
    this.#turn.begin(nowUs)
    this.#handle(event)
    this.#pools.tendDisturbed()
    this.#control.startNext()
    return this.#turn.end()
  }

  #handle(event: SchedulerEvent): void {
    switch (event.type) {
      case 'invocationArrived':
        return this.#arrive(event.requestId, event.versionKey, event.forceCold)
      case 'timerFired':
        return 'sandboxId' in event.timer
          ? this.#timerFired(event.timer)
          : this.#versionTimerFired(event.timer)
      case 'versionDeployed':
        return this.#deploy(event.facts)
      case 'reservationChanged': {
        const { nowUs } = this.#turn
        const account = this.#ledger.account(event.functionKey, nowUs)
        return this.#ledger.reserve(account, event.reserved, nowUs)
      }
      case 'provisionedChanged':
        return this.#pools.provision(this.#table.version(event.versionKey), event.count)
      case 'keepWarmChanged':
        return this.#pools.keepWarm(this.#table.version(event.versionKey), event.count)
      case 'evictRequested':
        return this.#evict((record) => isWithin(record, event.of), 'evicted')
      case 'closeRequested':
        return this.#close()
      default:
        return this.#handleOfSandbox(event)
    }
  }

  /** What comes from a sandbox may come late: after it was stopped, it is of no interest. */
  #handleOfSandbox(event: Extract<SchedulerEvent, { sandboxId: SandboxId }>): void {
    const record = this.#table.get(event.sandboxId)
    if (record === undefined) return
    switch (event.type) {
      case 'responded':
        return this.#responded(record, event.requestId, event.reusable)
      case 'started':
        return this.#started(record)
      case 'startFailed':
        return this.#startFailed(record)
      case 'runtimeExited':
        return this.#runtimeExited(record, event.requestId)
      case 'wasReset':
        return this.#wasReset(record)
      case 'exitedIdle':
        return this.#exitedIdle(record)
      case 'failed':
        this.#finish(record, record.resetFor === 'runtime ends' ? 'answered' : 'lost')
        if (record.state !== 'stopping') this.#control.stop(record, 'failure')
        return
      case 'stopped':
        return this.#table.remove(record)
      case 'footprintMeasured':
        this.#table.measure(record, event.footprintMb)
        return this.#control.relieve()
      default:
        unreachable(event, 'scheduler event')
    }
  }

  // ── arrival ────────────────────────────────────────────────────────────────────────────────

  #deploy(facts: VersionFacts): void {
    const known = this.#table.findVersion(facts.key)
    if (known !== undefined) this.#evict((record) => record.version === known, 'replaced')
    const account = this.#ledger.account(facts.functionKey, this.#turn.nowUs)
    this.#pools.retry(this.#table.deploy(facts, account))
  }

  #arrive(requestId: RequestId, versionKey: VersionKey, forceCold: boolean): void {
    const version = this.#table.version(versionKey)
    const placed = this.#admission.arrive(requestId, version, forceCold)
    if (placed === undefined) return
    if (placed.state === 'idle') this.#dispatch(placed)
    else this.#control.enqueueStart(placed, placed.state === 'halted' ? 'invoke' : 'init')
  }

  // ── start ──────────────────────────────────────────────────────────────────────────────────

  #started(record: SandboxRecord): void {
    if (record.state !== 'starting') return
    this.#control.startEnded(record)
    if (record.phase === 'init') record.version.coldStartUs = this.#turn.nowUs - record.startedUs
    if (record.heldIn !== undefined) this.#turn.disturbed.add(record.heldIn)
    if (record.requestId === undefined) this.#idle.free(record)
    else this.#dispatch(record)
  }

  #startFailed(record: SandboxRecord): void {
    if (record.state !== 'starting') return
    this.#control.startEnded(record)
    if (record.requestId === undefined) return this.#aheadFailed(record)
    if (record.phase === 'init') return this.#control.enqueueStart(record, 'invoke')
    this.#turn.clearTimer(record, 'deadline')
    this.#finish(record, 'init failed')
    this.#idle.halt(record, 'crash')
  }

  /** Nobody waits for it, so it is not tried again: whoever comes next has a start of its own. */
  #aheadFailed(record: SandboxRecord): void {
    if (record.heldIn !== undefined) this.#pools.startFailed(record.heldIn)
    // Its slot was given back before.
    if (record.state === 'starting') this.#table.move(record, 'halted')
    this.#control.stop(record, record.doomedFor ?? 'init failed')
  }

  // ── invoke ─────────────────────────────────────────────────────────────────────────────────

  #dispatch(record: SandboxRecord): void {
    const { id: sandboxId, requestId, frozen } = record
    if (requestId === undefined) invariant(false, `sandbox ${sandboxId} has nothing to run`)
    // A deadline that began with an inline init goes on.
    const goesOn = record.state === 'starting' && record.phase === 'invoke'
    if (!goesOn) this.#control.setDeadline(record)
    this.#table.move(record, 'busy')
    this.#table.thaw(record, this.#turn.nowUs)
    record.invocations += 1
    const { deadlineUs } = record
    this.#turn.do({ type: 'dispatch', sandboxId, requestId, deadlineUs, thawFirst: frozen })
  }

  #responded(record: SandboxRecord, requestId: RequestId, reusable: boolean): void {
    if (record.requestId !== requestId) return
    if (record.state === 'resetting') return
    if (record.state !== 'busy')
      invariant(false, `response of sandbox ${record.id} while ${record.state}`)
    this.#turn.clearTimer(record, 'deadline')
    if (!reusable) return this.#reset(record, 'runtime ends')
    this.#finish(record, 'answered')
    this.#idle.free(record)
  }

  #runtimeExited(record: SandboxRecord, requestId: RequestId): void {
    if (record.requestId !== requestId) return
    if (record.state === 'resetting') return
    if (record.state !== 'busy')
      invariant(false, `exit of sandbox ${record.id} while ${record.state}`)
    this.#turn.clearTimer(record, 'deadline')
    this.#finish(record, 'crash')
    this.#idle.halt(record, 'crash')
  }

  #finish(record: SandboxRecord, how: FinishKind): void {
    const { requestId, version } = record
    if (requestId === undefined) return
    record.requestId = undefined
    version.inFlight -= 1
    this.#ledger.release(version.account, record.concurrency)
    this.#turn.do({ type: 'finish', requestId, how })
  }

  // ── reset ──────────────────────────────────────────────────────────────────────────────────

  #reset(record: SandboxRecord, reason: ResetReason): void {
    if (record.state === 'starting') this.#control.giveUpStart()
    this.#table.move(record, 'resetting')
    record.resetFor = reason
    this.#turn.do({ type: 'reset', sandboxId: record.id, reason })
  }

  /**
   * Only now is the invocation over: its concurrency is taken until nothing of it can run any more,
   * and whoever invokes next finds the sandbox free.
   */
  #wasReset(record: SandboxRecord): void {
    if (record.state !== 'resetting') return
    const reason = record.resetFor
    record.resetFor = undefined
    if (reason === 'init timeout') {
      if (record.requestId === undefined) return this.#aheadFailed(record)
      return this.#control.enqueueStart(record, 'invoke')
    }
    const isTimeout = reason === 'timeout'
    this.#finish(record, isTimeout ? 'timeout' : 'answered')
    this.#idle.halt(record, isTimeout ? 'timeout' : 'crash')
  }

  #timerFired({ kind, sandboxId }: SandboxTimer): void {
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
        return this.#idle.freezeDue(record)
      case 'idle':
        return this.#idle.evictionDue(record)
      default:
        unreachable(kind, 'timer')
    }
  }

  #versionTimerFired({ kind, versionKey }: VersionTimer): void {
    const version = this.#table.version(versionKey)
    if (kind === 'prewarm') this.#idle.prewarmDue(version)
    else this.#pools.allocationDue(version)
  }

  // ── the end ────────────────────────────────────────────────────────────────────────────────

  /** One that is held ready and ends before it was of any use would do so again. */
  #exitedIdle(record: SandboxRecord): void {
    if (!isUnused(record)) return
    const { heldIn, invocations } = record
    if (heldIn !== undefined && invocations === 0) this.#pools.startFailed(heldIn)
    this.#control.stop(record, 'runtime exited')
  }

  #evict(concerns: (record: SandboxRecord) => boolean, reason: StopReason): void {
    for (const record of [...this.#table.all()]) {
      if (!concerns(record)) continue
      if (record.state === 'idle' || record.state === 'halted') this.#control.stop(record, reason)
      else this.#control.stopWhenFree(record, reason)
    }
  }

  #close(): void {
    this.#turn.isClosing = true
    for (const { facts, armed } of this.#table.versions()) {
      for (const kind of armed) {
        this.#turn.do({ type: 'clearTimer', timer: { kind, versionKey: facts.key } })
      }
    }
    for (const record of [...this.#table.all()]) {
      this.#finish(record, 'closing')
      if (record.state !== 'stopping') this.#control.stop(record, 'closing')
    }
  }
}

const isWithin = (
  { functionKey, id }: SandboxRecord,
  { functionKey: ofFunction, sandboxId }: EvictionScope,
): boolean =>
  (ofFunction === undefined || ofFunction === functionKey) &&
  (sandboxId === undefined || sandboxId === id)
