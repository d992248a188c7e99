import type { InitializationType, InitPhase } from '../telemetry/platform-events.ts'
import type { KeepAlive } from './keep-alive/keep-alive.ts'
import type { SandboxRecord, VersionState } from './sandbox-record.ts'
import type { SandboxTable } from './sandbox-table.ts'
import type { StopReason } from './scheduler-events.ts'
import type { SchedulerOptions } from './scheduler-options.ts'
import { StartSlots } from './start-slots.ts'
import type { Turn } from './turn.ts'

export interface SandboxControlParts {
  readonly options: SchedulerOptions
  readonly table: SandboxTable
  readonly keepAlive: KeepAlive
  readonly turn: Turn
}

/** Brings sandboxes into being and ends them: room in memory, turns to start, stops. */
export class SandboxControl {
  readonly #options: SchedulerOptions
  readonly #table: SandboxTable
  readonly #keepAlive: KeepAlive
  readonly #turn: Turn
  readonly #slots: StartSlots<SandboxRecord>

  constructor({ options, table, keepAlive, turn }: SandboxControlParts) {
    this.#options = options
    this.#table = table
    this.#keepAlive = keepAlive
    this.#turn = turn
    this.#slots = new StartSlots(options.maxParallelStarts)
  }

  /**
   * A new sandbox of the version, for which idle ones of least worth are evicted where memory is short.
   * `undefined`, and nothing is evicted, where that would not be enough.
   */
  create(version: VersionState, type: InitializationType): SandboxRecord | undefined {
    if (!this.#makeRoom(version.footprintMb)) return undefined
    const id = this.#options.newSandboxId()
    const record = this.#table.add(id, version, type, this.#turn.nowUs)
    const { key: versionKey } = version.facts
    this.#turn.do({ type: 'create', sandboxId: id, versionKey, initializationType: type })
    return record
  }

  /** Whether there is room for one more without evicting any. */
  hasRoom(version: VersionState): boolean {
    return this.#table.takenMb + version.footprintMb <= this.#options.memoryBudgetMb
  }

  /** Whether so many more could be made, each idle one that may be evicted out of the way. */
  couldHold(version: VersionState, count: number): boolean {
    return this.#couldFit(count * version.footprintMb)
  }

  /** Evicts what is worth least until all that is left fits, or all that is left is in use. */
  relieve(): void {
    while (this.#table.takenMb > this.#options.memoryBudgetMb) {
      if (!this.#evictLeast()) return
    }
  }

  #makeRoom(neededMb: number): boolean {
    const { memoryBudgetMb } = this.#options
    if (this.#table.takenMb + neededMb <= memoryBudgetMb) return true
    if (!this.#couldFit(neededMb)) return false
    while (this.#table.takenMb + neededMb > memoryBudgetMb) {
      if (!this.#evictLeast()) return false
    }
    return true
  }

  #couldFit(neededMb: number): boolean {
    const { takenMb, evictableMb } = this.#table
    return takenMb - evictableMb + neededMb <= this.#options.memoryBudgetMb
  }

  #evictLeast(): boolean {
    const victim = this.#table.leastWorth
    if (victim === undefined) return false
    this.#keepAlive.evicted(victim.worth)
    this.stop(victim, 'memory pressure')
    return true
  }

  /** It starts when its turn comes: in the same turn of the scheduler, if a slot is free. */
  enqueueStart(record: SandboxRecord, phase: InitPhase): void {
    this.#table.move(record, 'queued')
    record.phase = phase
    this.#slots.enqueue(record, record.requestId !== undefined)
  }

  startNext(): void {
    for (let next = this.#slots.take(); next !== undefined; next = this.#slots.take()) {
      this.#start(next)
    }
  }

  /** The start is over, whatever became of it. The deadline of an inline init goes on. */
  startEnded(record: SandboxRecord): void {
    this.#slots.release()
    if (record.phase === 'init') this.#turn.clearTimer(record, 'init')
  }

  /** Its start is being broken off: the next may begin. */
  giveUpStart(): void {
    this.#slots.release()
  }

  setDeadline(record: SandboxRecord): void {
    record.deadlineUs = this.#turn.nowUs + record.timeoutUs
    this.#turn.setTimer({ kind: 'deadline', sandboxId: record.id }, record.deadlineUs)
  }

  stop(record: SandboxRecord, reason: StopReason): void {
    if (record.state === 'starting') this.#slots.release()
    if (record.state === 'queued') this.#slots.cancel(record)
    this.#leavePool(record)
    for (const kind of TIMERS) this.#turn.clearTimer(record, kind)
    this.#table.move(record, 'stopping')
    this.#turn.do({ type: 'stop', sandboxId: record.id, reason })
  }

  /** Stops it as soon as nothing runs in it. */
  stopWhenFree(record: SandboxRecord, reason: StopReason): void {
    const isFree = record.requestId === undefined && record.state !== 'resetting'
    if (isFree && record.state !== 'stopping') return this.stop(record, reason)
    this.#leavePool(record)
    this.#table.doom(record, reason)
  }

  #start(record: SandboxRecord): void {
    const { id: sandboxId, requestId, phase } = record
    this.#table.move(record, 'starting')
    record.startedUs = this.#turn.nowUs
    // Inside an invocation the function's timeout covers init and handler together.
    if (phase === 'invoke') this.setDeadline(record)
    else {
      const atUs = this.#turn.nowUs + this.#initTimeoutUs(record)
      this.#turn.setTimer({ kind: 'init', sandboxId }, atUs)
    }
    this.#turn.do({ type: 'start', sandboxId, requestId, phase })
  }

  #initTimeoutUs({ initializationType, timeoutUs }: SandboxRecord): number {
    return initializationType === 'on-demand'
      ? this.#options.initTimeoutUs
      : Math.max(this.#options.provisionedInitTimeoutUs, timeoutUs)
  }

  #leavePool(record: SandboxRecord): void {
    const pool = record.heldIn
    if (pool === undefined) return
    record.heldIn = undefined
    pool.members.delete(record)
    this.#turn.disturbed.add(pool)
  }
}

const TIMERS = ['init', 'deadline', 'freeze', 'idle'] as const
