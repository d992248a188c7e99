import type { ConcurrencyLedger } from './concurrency-ledger.ts'
import { newHeldPool, newsOf } from './held-pool.ts'
import type { IdleControl } from './idle-control.ts'
import type { SandboxControl } from './sandbox-control.ts'
import {
  type HeldPool,
  isLasting,
  type SandboxRecord,
  type VersionState,
} from './sandbox-record.ts'
import type { RateLimits } from './scheduler-options.ts'
import { bucketOf } from './token-bucket.ts'
import type { Turn } from './turn.ts'

export interface PoolControlParts {
  readonly rates: RateLimits
  readonly ledger: ConcurrencyLedger
  readonly control: SandboxControl
  readonly idle: IdleControl
  readonly turn: Turn
}

/** Holds as many sandboxes ready as were asked for: starts what is missing, lets go of what is too much. */
export class PoolControl {
  readonly #parts: PoolControlParts

  constructor(parts: PoolControlParts) {
    this.#parts = parts
  }

  provision(version: VersionState, count: number): void {
    const { ledger, rates, turn } = this.#parts
    const pool = version.provisioned ?? this.#newPool('provisioned', version)
    ledger.provision(version.account, count - pool.requested)
    version.provisioned = pool
    version.provisionedRate =
      count === 0 ? undefined : bucketOf(rates.requestsPerConcurrency * count, turn.nowUs)
    this.#request(pool, count)
  }

  keepWarm(version: VersionState, count: number): void {
    const pool = version.keptWarm ?? this.#newPool('warm', version)
    version.keptWarm = pool
    this.#request(pool, count)
  }

  /** The code is another: what failed may succeed. */
  retry({ provisioned, keptWarm }: VersionState): void {
    for (const pool of [provisioned, keptWarm]) {
      if (pool !== undefined) this.#request(pool, pool.requested)
    }
  }

  /** A sandbox of the pool could not be initialised, or did not stay so without being used. */
  startFailed(pool: HeldPool): void {
    pool.failedFor = 'FUNCTION_ERROR_INIT_FAILURE'
    this.#parts.turn.disturbed.add(pool)
  }

  /** Further ones may begin. */
  allocationDue(version: VersionState): void {
    if (version.provisioned !== undefined) this.#parts.turn.disturbed.add(version.provisioned)
  }

  /** Brings every pool in which something has changed to what it should be, and tells where it stands. */
  tendDisturbed(): void {
    const { disturbed } = this.#parts.turn
    for (const pool of disturbed) {
      disturbed.delete(pool)
      this.#tend(pool)
    }
  }

  #newPool(kind: HeldPool['kind'], version: VersionState): HeldPool {
    const { rates, turn } = this.#parts
    const rate = kind === 'warm' ? Number.POSITIVE_INFINITY : rates.allocationsPerSecond
    return newHeldPool(kind, version, bucketOf(rate, turn.nowUs))
  }

  #request(pool: HeldPool, count: number): void {
    pool.requested = count
    pool.failedFor = undefined
    this.#parts.turn.disturbed.add(pool)
  }

  #tend(pool: HeldPool): void {
    const { turn } = this.#parts
    if (pool.failedFor === undefined && !turn.isClosing) this.#fill(pool)
    // What cannot be had as a whole is not held in part.
    this.#release(pool, pool.failedFor !== undefined && !pool.isOpen ? 0 : pool.requested)
    const state = newsOf(pool)
    const { facts } = pool.version
    if (state !== undefined) {
      const type = pool.kind === 'provisioned' ? 'provisioned' : 'keptWarm'
      turn.do({ type, versionKey: facts.key, state })
    }
    if (pool.requested > 0) return
    if (pool.kind === 'provisioned') pool.version.provisioned = undefined
    else pool.version.keptWarm = undefined
  }

  #fill(pool: HeldPool): void {
    const { control } = this.#parts
    if (pool.kind === 'warm') this.#adopt(pool)
    const missing = pool.requested - pool.members.size
    if (missing <= 0) return
    // What cannot be had as a whole is not begun: nobody is evicted for it.
    if (!pool.isOpen && !control.couldHold(pool.version, missing)) {
      pool.failedFor = 'SANDLOT_OUT_OF_MEMORY'
      return
    }
    while (pool.members.size < pool.requested && this.#mayAllocate(pool)) {
      const type = pool.kind === 'warm' ? 'on-demand' : 'provisioned-concurrency'
      const record = control.create(pool.version, type)
      if (record === undefined) {
        pool.failedFor = 'SANDLOT_OUT_OF_MEMORY'
        return
      }
      this.#hold(pool, record)
      control.enqueueStart(record, 'init')
    }
  }

  /** Sandboxes that are there already need not be started. */
  #adopt(pool: HeldPool): void {
    const { idle } = this.#parts
    for (const record of pool.version.idle) {
      if (pool.members.size >= pool.requested) return
      if (record.heldIn !== undefined || !isLasting(record)) continue
      this.#hold(pool, record)
      idle.hold(record)
    }
  }

  #hold(pool: HeldPool, record: SandboxRecord): void {
    pool.members.add(record)
    record.heldIn = pool
  }

  #mayAllocate({ allocationRate, version }: HeldPool): boolean {
    const { turn } = this.#parts
    if (allocationRate === undefined || allocationRate.take(turn.nowUs)) return true
    const atUs = turn.nowUs + allocationRate.usUntil(turn.nowUs)
    turn.setVersionTimer(version, 'allocate', atUs)
    return false
  }

  /** Those go first that are not initialised, then idle ones. */
  #release(pool: HeldPool, wanted: number): void {
    if (pool.members.size <= wanted) return
    const leaving = [...pool.members]
      .sort((a, b) => usefulness(a) - usefulness(b))
      .slice(0, pool.members.size - wanted)
    for (const record of leaving) this.#letGo(pool, record)
  }

  #letGo(pool: HeldPool, record: SandboxRecord): void {
    const { control, idle } = this.#parts
    const isWarm = pool.kind === 'warm' && (record.state === 'idle' || record.state === 'busy')
    if (!isWarm) {
      control.stopWhenFree(record, pool.kind === 'warm' ? 'idle' : 'not provisioned')
      return
    }
    pool.members.delete(record)
    record.heldIn = undefined
    if (record.state === 'idle') idle.keep(record)
  }
}

function usefulness({ state }: SandboxRecord): number {
  if (state === 'busy') return 2
  return state === 'idle' ? 1 : 0
}
