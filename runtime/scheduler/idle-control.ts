import type { IdleUse, KeepAlive } from './keep-alive/keep-alive.ts'
import type { SandboxControl } from './sandbox-control.ts'
import type { SandboxRecord, VersionState } from './sandbox-record.ts'
import type { SandboxTable } from './sandbox-table.ts'
import type { SchedulerOptions } from './scheduler-options.ts'
import type { Turn } from './turn.ts'

export interface IdleControlParts {
  readonly options: SchedulerOptions
  readonly table: SandboxTable
  readonly control: SandboxControl
  readonly keepAlive: KeepAlive
  readonly turn: Turn
}

/**
 * What becomes of a sandbox between two invocations: frozen, kept, evicted, replaced, or started again
 * ahead of the next invocation.
 *
 * The idle and freeze timers are not cleared when a sandbox is reused, which would cost two timers for
 * every invocation: they look when they fire, and are set again if they were early.
 */
export class IdleControl {
  readonly #parts: IdleControlParts

  constructor(parts: IdleControlParts) {
    this.#parts = parts
  }

  /** It has finished, or was started ahead of demand. */
  free(record: SandboxRecord): void {
    const { control, table, turn } = this.#parts
    record.idleSinceUs = turn.nowUs
    table.move(record, 'idle')
    if (record.doomedFor !== undefined) return control.stop(record, record.doomedFor)
    if (this.#isWornOut(record)) return control.stop(record, 'recycled')
    this.#armFreeze(record, turn.nowUs + record.freezeDelayUs)
    this.keep(record)
  }

  /** It has lost its runtime. One that is held ready has a new one at once. */
  halt(record: SandboxRecord, lostTo: SandboxRecord['lostTo']): void {
    const { control, table, turn } = this.#parts
    record.lostTo = lostTo
    record.frozen = false
    record.idleSinceUs = turn.nowUs
    table.move(record, 'halted')
    if (record.doomedFor !== undefined) return control.stop(record, record.doomedFor)
    if (this.#isWornOut(record)) return control.stop(record, 'recycled')
    if (record.heldIn === undefined) return this.keep(record)
    turn.disturbed.add(record.heldIn)
    control.enqueueStart(record, 'init')
  }

  /** For how long, and what it is worth meanwhile. */
  keep(record: SandboxRecord): void {
    if (record.heldIn !== undefined) return this.hold(record)
    const { control, keepAlive, options, table, turn } = this.#parts
    const use = useOf(record, turn.nowUs)
    const keepUs = this.#keepUs(record, use)
    if (keepUs <= 0) return control.stop(record, 'idle')
    record.idleUntilUs = turn.nowUs + keepUs
    this.#armEviction(record)
    if (Number.isFinite(options.memoryBudgetMb)) table.offer(record, keepAlive.worth(use))
  }

  /** It stays, however long it is idle. */
  hold(record: SandboxRecord): void {
    record.idleUntilUs = Number.POSITIVE_INFINITY
    this.#parts.table.withhold(record)
    this.#armEviction(record)
  }

  freezeDue(record: SandboxRecord): void {
    const { table, turn } = this.#parts
    record.armed.freeze = false
    if (record.state !== 'idle' || record.frozen) return
    const dueUs = record.idleSinceUs + record.freezeDelayUs
    if (turn.nowUs < dueUs) return this.#armFreeze(record, dueUs)
    table.freeze(record, turn.nowUs)
    turn.do({ type: 'freeze', sandboxId: record.id })
  }

  evictionDue(record: SandboxRecord): void {
    const { control, turn } = this.#parts
    record.armed.idleAtUs = undefined
    if (record.state !== 'idle' && record.state !== 'halted') return
    if (turn.nowUs >= record.recycleAtUs) return control.stop(record, 'recycled')
    if (turn.nowUs >= record.idleUntilUs) return control.stop(record, 'idle')
    this.#armEviction(record)
  }

  /** One is started ahead of demand, if it fits without evicting another. */
  prewarmDue(version: VersionState): void {
    const { control, turn } = this.#parts
    const { prewarm } = version
    if (prewarm === undefined || turn.nowUs < prewarm.atUs) return
    version.prewarm = undefined
    if (version.lasting > 0 || turn.isClosing || !control.hasRoom(version)) return
    const record = control.create(version, 'on-demand')
    if (record === undefined) return
    record.prewarmedForUs = prewarm.keepUs
    control.enqueueStart(record, 'init')
  }

  #keepUs(record: SandboxRecord, use: IdleUse): number {
    const { keepAlive, turn } = this.#parts
    const { version, prewarmedForUs } = record
    record.prewarmedForUs = undefined
    if (prewarmedForUs !== undefined) return prewarmedForUs
    const { keepUs, prewarm } = keepAlive.idle(use)
    version.prewarm = undefined
    if (prewarm === undefined) return keepUs
    // The idle time of its version begins only with the last of them.
    if (version.inFlight > 0) return prewarm.afterUs + prewarm.keepUs
    const atUs = turn.nowUs + prewarm.afterUs
    version.prewarm = { atUs, keepUs: prewarm.keepUs }
    turn.setVersionTimer(version, 'prewarm', atUs)
    return keepUs
  }

  #isWornOut({ invocations, recycleAtUs }: SandboxRecord): boolean {
    const { options, turn } = this.#parts
    return invocations >= options.recycling.afterInvocations || turn.nowUs >= recycleAtUs
  }

  #armFreeze(record: SandboxRecord, atUs: number): void {
    if (record.armed.freeze) return
    record.armed.freeze = true
    this.#parts.turn.setTimer({ kind: 'freeze', sandboxId: record.id }, atUs)
  }

  /** A timer that is set already and comes first will look, and be set again. */
  #armEviction(record: SandboxRecord): void {
    const atUs = Math.min(record.idleUntilUs, record.recycleAtUs)
    const { idleAtUs } = record.armed
    if (!Number.isFinite(atUs) || (idleAtUs !== undefined && idleAtUs <= atUs)) return
    record.armed.idleAtUs = atUs
    this.#parts.turn.setTimer({ kind: 'idle', sandboxId: record.id }, atUs)
  }
}

const useOf = (
  { versionKey, version, invocations, footprintMb }: SandboxRecord,
  nowUs: number,
): IdleUse => ({
  versionKey,
  nowUs,
  coldStartUs: version.coldStartUs,
  invocations,
  footprintMb,
})
