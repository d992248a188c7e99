import type { SandboxId } from '../kernel/ids.ts'
import { invariant } from '../kernel/invariant.ts'
import type { Random } from '../kernel/random.ts'
import type { InitializationType } from '../telemetry/platform-events.ts'
import type { FunctionAccount } from './concurrency-ledger.ts'
import { nextFreezeDelayUs } from './freeze-policy.ts'
import { IdleHeap } from './idle-heap.ts'
import {
  isLasting,
  type PlacementState,
  type SandboxRecord,
  type VersionState,
} from './sandbox-record.ts'
import type { StopReason, VersionFacts, VersionKey } from './scheduler-events.ts'
import type { Recycling } from './scheduler-options.ts'

export interface SandboxTableOptions {
  /** How long a sandbox stays awake when it is idle, at first. */
  readonly freezeDelayUs: number
  readonly recycling: Recycling
  readonly random: Random
}

/** All versions and sandboxes: which of them are idle or halted, and what they take of the memory. */
export class SandboxTable {
  readonly #options: SandboxTableOptions
  readonly #records = new Map<SandboxId, SandboxRecord>()
  readonly #versions = new Map<VersionKey, VersionState>()
  readonly #evictable = new IdleHeap<SandboxRecord>()
  #takenMb = 0
  #evictableMb = 0

  constructor(options: SandboxTableOptions) {
    this.#options = options
  }

  /** What all sandboxes take together that are not going away. */
  get takenMb(): number {
    return this.#takenMb
  }

  /** What those take of it that may be evicted. */
  get evictableMb(): number {
    return this.#evictableMb
  }

  /** The one that may be evicted and is worth least. */
  get leastWorth(): SandboxRecord | undefined {
    return this.#evictable.least()
  }

  deploy(facts: VersionFacts, account: FunctionAccount): VersionState {
    const known = this.#versions.get(facts.key)
    if (known !== undefined) {
      known.facts = facts
      known.footprintMb = facts.footprintMb
      return known
    }
    const version: VersionState = {
      facts,
      account,
      inFlight: 0,
      lasting: 0,
      idle: [],
      idleProvisioned: [],
      halted: [],
      coldStartUs: 0,
      footprintMb: facts.footprintMb,
      provisioned: undefined,
      provisionedRate: undefined,
      keptWarm: undefined,
      prewarm: undefined,
      armed: new Set(),
    }
    this.#versions.set(facts.key, version)
    return version
  }

  version(key: VersionKey): VersionState {
    const version = this.#versions.get(key)
    if (version === undefined) invariant(false, `version '${key}' was not deployed`)
    return version
  }

  versions(): Iterable<VersionState> {
    return this.#versions.values()
  }

  findVersion(key: VersionKey): VersionState | undefined {
    return this.#versions.get(key)
  }

  add(
    id: SandboxId,
    version: VersionState,
    initializationType: InitializationType,
    nowUs: number,
  ): SandboxRecord {
    if (this.#records.has(id)) invariant(false, `sandbox ${id} is there already`)
    const record = newRecord(id, version, initializationType, nowUs)
    record.freezeDelayUs = this.#options.freezeDelayUs
    record.recycleAtUs = nowUs + this.#drawnAgeUs()
    this.#records.set(id, record)
    version.lasting += 1
    this.#takenMb += record.footprintMb
    return record
  }

  get(id: SandboxId): SandboxRecord | undefined {
    return this.#records.get(id)
  }

  /** Moves it, keeping the lists of idle and halted sandboxes in order of last use. */
  move(record: SandboxRecord, to: PlacementState): void {
    const { version, state } = record
    if (state === 'idle') removeFrom(idleListOf(record), record)
    if (state === 'halted') removeFrom(version.halted, record)
    if (to === 'stopping' && state !== 'stopping') {
      if (isLasting(record)) version.lasting -= 1
      this.#takenMb -= record.footprintMb
    }
    this.withhold(record)
    record.state = to
    if (to === 'idle') idleListOf(record).push(record)
    if (to === 'halted') version.halted.push(record)
  }

  /** From now on until it moves, it may be evicted when memory is short. */
  offer(record: SandboxRecord, worth: number): void {
    this.withhold(record)
    record.worth = worth
    this.#evictable.add(record, worth)
    this.#evictableMb += record.footprintMb
  }

  /** It is not to be evicted when memory is short. */
  withhold(record: SandboxRecord): void {
    if (record.heapSequence === 0) return
    this.#evictable.remove(record)
    this.#evictableMb -= record.footprintMb
  }

  measure(record: SandboxRecord, footprintMb: number): void {
    const moreMb = footprintMb - record.footprintMb
    if (record.state !== 'stopping') this.#takenMb += moreMb
    if (record.heapSequence !== 0) this.#evictableMb += moreMb
    record.footprintMb = footprintMb
    record.version.footprintMb = footprintMb
  }

  freeze(record: SandboxRecord, nowUs: number): void {
    record.frozen = true
    record.frozenSinceUs = nowUs
  }

  thaw(record: SandboxRecord, nowUs: number): void {
    if (!record.frozen) return
    record.frozen = false
    record.freezeDelayUs = nextFreezeDelayUs({
      baseUs: this.#options.freezeDelayUs,
      delayUs: record.freezeDelayUs,
      frozenForUs: nowUs - record.frozenSinceUs,
    })
  }

  /** It serves no further invocation: the first reason counts. */
  doom(record: SandboxRecord, reason: StopReason): void {
    if (!isLasting(record)) return
    record.doomedFor = reason
    record.version.lasting -= 1
  }

  remove(record: SandboxRecord): void {
    this.move(record, 'stopping')
    this.#records.delete(record.id)
  }

  all(): Iterable<SandboxRecord> {
    return this.#records.values()
  }

  #drawnAgeUs(): number {
    const { leastAgeUs, mostAgeUs } = this.#options.recycling
    if (leastAgeUs === mostAgeUs) return leastAgeUs
    return Math.floor(leastAgeUs + this.#options.random.next() * (mostAgeUs - leastAgeUs))
  }
}

function newRecord(
  id: SandboxId,
  version: VersionState,
  initializationType: InitializationType,
  nowUs: number,
): SandboxRecord {
  const { facts } = version
  return {
    id,
    functionKey: facts.functionKey,
    versionKey: facts.key,
    version,
    initializationType,
    createdUs: nowUs,
    timeoutUs: facts.timeoutUs,
    state: 'queued',
    requestId: undefined,
    concurrency: 'on-demand',
    phase: 'init',
    startedUs: nowUs,
    frozen: false,
    frozenSinceUs: 0,
    freezeDelayUs: 0,
    deadlineUs: 0,
    idleSinceUs: nowUs,
    idleUntilUs: Number.POSITIVE_INFINITY,
    recycleAtUs: Number.POSITIVE_INFINITY,
    invocations: 0,
    footprintMb: version.footprintMb,
    heldIn: undefined,
    prewarmedForUs: undefined,
    resetFor: undefined,
    lostTo: 'crash',
    doomedFor: undefined,
    armed: { freeze: false, idleAtUs: undefined },
    worth: 0,
    heapSequence: 0,
  }
}

const idleListOf = ({ version, initializationType }: SandboxRecord): SandboxRecord[] =>
  initializationType === 'on-demand' ? version.idle : version.idleProvisioned

/** The most recently used one is at the end and is the one most often taken, so look from there. */
function removeFrom(list: SandboxRecord[], record: SandboxRecord): void {
  const index = list.lastIndexOf(record)
  if (index < 0) invariant(false, `sandbox ${record.id} is missing from its list`)
  if (index === list.length - 1) list.pop()
  else list.splice(index, 1)
}
