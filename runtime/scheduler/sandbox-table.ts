import type { RequestId, SandboxId } from '../kernel/ids.ts'
import { invariant } from '../kernel/invariant.ts'
import type { InitPhase } from '../telemetry/platform-events.ts'
import { nextFreezeDelayUs } from './freeze-policy.ts'
import type { FunctionFacts, FunctionKey, ResetReason, StopReason } from './scheduler-events.ts'

/**
 * How the scheduler sees a sandbox: what it may be asked to do next. (What it *is* doing, down to
 * freezing and thawing, is the life cycle in `sandbox/lifecycle.ts`.)
 *
 * - queued     waits for its turn to start
 * - starting   spawning and initialising
 * - idle       can take an invocation
 * - busy       runs one
 * - resetting  its processes are being ended
 * - halted     has no runtime; can take an invocation after starting again
 * - stopping   is going away
 */
export type PlacementState =
  | 'queued'
  | 'starting'
  | 'idle'
  | 'busy'
  | 'resetting'
  | 'halted'
  | 'stopping'

export interface SandboxRecord {
  readonly id: SandboxId
  readonly functionKey: FunctionKey
  readonly createdUs: number
  /** The function's timeout when it was made: a later deployment does not change it. */
  readonly timeoutUs: number
  state: PlacementState
  /** The invocation it is tied to, from assignment to finish. */
  requestId: RequestId | undefined
  /** Which init runs, or ran last. */
  phase: InitPhase
  frozen: boolean
  frozenSinceUs: number
  /** How long it stays awake when it is idle the next time. */
  freezeDelayUs: number
  /** When the running invocation's time is up, monotonic microseconds. */
  deadlineUs: number
  idleSinceUs: number
  invocations: number
  /** Why it is being reset. */
  resetFor: ResetReason | undefined
  /** How it lost its last runtime. */
  lostTo: 'timeout' | 'crash'
  /** Stop it as soon as it is free, for this reason; set by `SandboxTable.doom`. */
  doomedFor: StopReason | undefined
  /** Which of the lazily re-armed timers is set. */
  readonly armed: { freeze: boolean; idle: boolean }
}

/** All sandboxes, with the idle and halted ones of each function at hand. */
export class SandboxTable {
  readonly #records = new Map<SandboxId, SandboxRecord>()
  readonly #byFunction = new Map<FunctionKey, FunctionSandboxes>()
  readonly #freezeDelayUs: number

  /** @param freezeDelayUs how long a sandbox stays awake when it is idle, at first. */
  constructor(freezeDelayUs: number) {
    this.#freezeDelayUs = freezeDelayUs
  }

  get size(): number {
    return this.#records.size
  }

  add(id: SandboxId, facts: FunctionFacts, nowUs: number): SandboxRecord {
    invariant(!this.#records.has(id), `sandbox ${id} is there already`)
    const record: SandboxRecord = {
      id,
      functionKey: facts.key,
      createdUs: nowUs,
      timeoutUs: facts.timeoutUs,
      state: 'queued',
      requestId: undefined,
      phase: 'init',
      frozen: false,
      frozenSinceUs: 0,
      freezeDelayUs: this.#freezeDelayUs,
      deadlineUs: 0,
      idleSinceUs: nowUs,
      invocations: 0,
      resetFor: undefined,
      lostTo: 'crash',
      doomedFor: undefined,
      armed: { freeze: false, idle: false },
    }
    this.#records.set(id, record)
    const lists = this.of(facts.key)
    lists.count += 1
    lists.lasting += 1
    return record
  }

  get(id: SandboxId): SandboxRecord | undefined {
    return this.#records.get(id)
  }

  /** Moves it, keeping the lists of idle and halted sandboxes in order of last use. */
  move(record: SandboxRecord, to: PlacementState): void {
    const lists = this.of(record.functionKey)
    if (record.state === 'idle') removeFrom(lists.idle, record)
    if (record.state === 'halted') removeFrom(lists.halted, record)
    if (to === 'stopping' && isLasting(record)) lists.lasting -= 1
    record.state = to
    if (to === 'idle') lists.idle.push(record)
    if (to === 'halted') lists.halted.push(record)
  }

  freeze(record: SandboxRecord, nowUs: number): void {
    record.frozen = true
    record.frozenSinceUs = nowUs
  }

  thaw(record: SandboxRecord, nowUs: number): void {
    if (!record.frozen) return
    record.frozen = false
    record.freezeDelayUs = nextFreezeDelayUs({
      baseUs: this.#freezeDelayUs,
      delayUs: record.freezeDelayUs,
      frozenForUs: nowUs - record.frozenSinceUs,
    })
  }

  /** It serves no further invocation: the first reason counts. */
  doom(record: SandboxRecord, reason: StopReason): void {
    if (!isLasting(record)) return
    record.doomedFor = reason
    this.of(record.functionKey).lasting -= 1
  }

  remove(record: SandboxRecord): void {
    this.move(record, 'stopping')
    this.#records.delete(record.id)
    const lists = this.of(record.functionKey)
    lists.count -= 1
    if (lists.count === 0) this.#byFunction.delete(record.functionKey)
  }

  of(functionKey: FunctionKey): FunctionSandboxes {
    let lists = this.#byFunction.get(functionKey)
    if (lists === undefined) {
      lists = { count: 0, lasting: 0, idle: [], halted: [] }
      this.#byFunction.set(functionKey, lists)
    }
    return lists
  }

  all(): Iterable<SandboxRecord> {
    return this.#records.values()
  }

  /** Idle and halted ones of all functions: what could be evicted. */
  *free(): Iterable<SandboxRecord> {
    for (const lists of this.#byFunction.values()) {
      yield* lists.idle
      yield* lists.halted
    }
  }
}

export interface FunctionSandboxes {
  count: number
  /** Those that will serve further invocations: neither stopping nor doomed. */
  lasting: number
  /** Least recently used first. */
  readonly idle: SandboxRecord[]
  readonly halted: SandboxRecord[]
}

/** Whether no invocation is tied to it, and it is not going away. */
export const isUnused = ({ requestId, state }: SandboxRecord): boolean =>
  requestId === undefined && state !== 'stopping'

const isLasting = ({ state, doomedFor }: SandboxRecord): boolean =>
  state !== 'stopping' && doomedFor === undefined

/** The most recently used one is at the end and is the one most often taken, so look from there. */
function removeFrom(list: SandboxRecord[], record: SandboxRecord): void {
  const index = list.lastIndexOf(record)
  invariant(index >= 0, `sandbox ${record.id} is missing from its list`)
  if (index === list.length - 1) list.pop()
  else list.splice(index, 1)
}
