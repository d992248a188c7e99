import type { SandboxId } from '../kernel/ids.ts'
import { invariant } from '../kernel/invariant.ts'
import type { SchedulerEvent, SchedulerTimer } from '../scheduler/scheduler-events.ts'
import { EventHeap } from './event-heap.ts'
import type { Fingerprint } from './fingerprint.ts'
import { clearNamedTimer, type NamedTimer, setNamedTimer, takeNamedTimer } from './named-timer.ts'
import type { Population } from './population.ts'
import { BUSY, IDLE, turnTo, type WorldFunction, type WorldSandbox } from './world-records.ts'

/** What an entry of the heap is, in the lowest bits of its code; above them, of which sandbox or function. */
const END = 0
const LIMIT = 1
const FREEZE = 2
const IDLE_TIMER = 3
const PREWARM = 4
const ALLOCATE = 5
/** Only in the fingerprint. */
const ANSWER = 6
const KINDS = 8

/** What takes no time, and is answered at once. */
type Answer = Extract<SchedulerEvent, { type: 'wasReset' | 'stopped' }>

/**
 * What is to happen, in order of time. Answers to what takes no time come before anything else of their
 * instant; all else at equal instants in the order in which it was set.
 */
export class PendingEvents {
  readonly #population: Population
  readonly #fingerprint: Fingerprint
  readonly #heap = new EventHeap()
  #order = 0
  #answers: Answer[] = []
  #answered = 0
  #nowUs = 0
  #concerned: WorldSandbox | undefined

  constructor(population: Population, fingerprint: Fingerprint) {
    this.#population = population
    this.#fingerprint = fingerprint
  }

  /** When the event was that was taken last. */
  get nowUs(): number {
    return this.#nowUs
  }

  /** The sandbox that it was about. */
  get concerned(): WorldSandbox | undefined {
    return this.#concerned
  }

  /** When the next one is due: `Infinity`, there is none; minus infinity, at once. */
  get nextUs(): number {
    return this.#answered < this.#answers.length ? Number.NEGATIVE_INFINITY : this.#heap.nextAtUs
  }

  /** Time goes on for another reason: nothing is due before. */
  advanceTo(nowUs: number): void {
    this.#nowUs = nowUs
    this.#concerned = undefined
  }

  /** The next event, and time goes on to it; `undefined`: what came up was out of date. */
  take(): SchedulerEvent | undefined {
    if (this.#answered < this.#answers.length) return this.#takeAnswer()
    const { nextAtUs, nextOrder, nextCode } = this.#heap
    this.#heap.removeNext()
    this.#nowUs = nextAtUs
    const kind = nextCode % KINDS
    const index = (nextCode - kind) / KINDS
    const event =
      kind === PREWARM || kind === ALLOCATE
        ? this.#takeOfVersion(this.#population.functionAt(index), nextOrder, nextCode)
        : this.#takeOfSandbox(this.#population.sandboxAt(index), nextOrder, nextCode)
    if (event !== undefined) this.#fingerprint.add(nextCode, nextAtUs)
    return event
  }

  answer(type: Answer['type'], sandboxId: SandboxId): void {
    this.#answers.push({ type, sandboxId })
  }

  /**
   * What the sandbox does now ends after this. Its limit enters the heap only if it comes first: at an
   * equal instant it does, since it was set before.
   */
  endAfter(sandbox: WorldSandbox, afterUs: number): void {
    const endUs = this.#nowUs + afterUs
    sandbox.endUs = endUs
    sandbox.endOrder = this.#nextOrder()
    if (sandbox.limit !== undefined && sandbox.limitUs <= endUs) this.#enterLimit(sandbox)
    this.#heap.add(endUs, sandbox.endOrder, sandbox.index * KINDS + END)
  }

  setTimer(timer: SchedulerTimer, atUs: number): void {
    switch (timer.kind) {
      case 'init':
      case 'deadline':
        return this.#setLimit(this.#population.sandbox(timer.sandboxId), timer.kind, atUs)
      case 'freeze': {
        const sandbox = this.#population.sandbox(timer.sandboxId)
        sandbox.freezeOrder = this.#nextOrder()
        return this.#heap.add(atUs, sandbox.freezeOrder, sandbox.index * KINDS + FREEZE)
      }
      case 'idle': {
        const { idle, index } = this.#population.sandbox(timer.sandboxId)
        return this.#setNamed(idle, index * KINDS + IDLE_TIMER, atUs)
      }
      default: {
        const fn = this.#population.function(timer.versionKey)
        const kind = timer.kind === 'prewarm' ? PREWARM : ALLOCATE
        this.#setNamed(fn[timer.kind], fn.index * KINDS + kind, atUs)
      }
    }
  }

  clearTimer(timer: SchedulerTimer): void {
    if (!('sandboxId' in timer)) {
      return clearNamedTimer(this.#population.function(timer.versionKey)[timer.kind])
    }
    const sandbox = this.#population.sandbox(timer.sandboxId)
    if (timer.kind === sandbox.limit) sandbox.limit = undefined
    else if (timer.kind === 'freeze') sandbox.freezeOrder = 0
    else if (timer.kind === 'idle') clearNamedTimer(sandbox.idle)
  }

  #setNamed(named: NamedTimer, code: number, atUs: number): void {
    setNamedTimer(this.#heap, named, { atUs, order: this.#nextOrder(), code })
  }

  /** An init and an invocation never have their limits at once. */
  #setLimit(sandbox: WorldSandbox, kind: 'init' | 'deadline', atUs: number): void {
    const { id, limit } = sandbox
    if (limit !== undefined && limit !== kind) invariant(false, `sandbox ${id} has two limits`)
    sandbox.limit = kind
    sandbox.limitUs = atUs
    sandbox.limitOrder = this.#nextOrder()
    if (sandbox.endOrder !== 0 && atUs < sandbox.endUs) this.#enterLimit(sandbox)
  }

  #enterLimit({ limitUs, limitOrder, index }: WorldSandbox): void {
    this.#heap.add(limitUs, limitOrder, index * KINDS + LIMIT)
  }

  #takeAnswer(): Answer {
    const answer = this.#answers[this.#answered] as Answer
    this.#answered += 1
    if (this.#answered === this.#answers.length) {
      this.#answers = []
      this.#answered = 0
    }
    // A sandbox that was stopped is gone already.
    this.#concerned =
      answer.type === 'wasReset' ? this.#population.sandbox(answer.sandboxId) : undefined
    this.#fingerprint.add(ANSWER, this.#nowUs)
    return answer
  }

  #takeOfSandbox(
    sandbox: WorldSandbox | undefined,
    order: number,
    code: number,
  ): SchedulerEvent | undefined {
    this.#concerned = sandbox
    if (sandbox === undefined) return undefined
    switch (code % KINDS) {
      case END:
        return sandbox.endOrder === order ? this.#ended(sandbox) : undefined
      case LIMIT:
        return sandbox.limitOrder === order ? limitReached(sandbox) : undefined
      case FREEZE:
        if (sandbox.freezeOrder !== order) return undefined
        return fired({ kind: 'freeze', sandboxId: sandbox.id })
      default:
        if (!takeNamedTimer(this.#heap, sandbox.idle, order, code)) return undefined
        return fired({ kind: 'idle', sandboxId: sandbox.id })
    }
  }

  #takeOfVersion(fn: WorldFunction, order: number, code: number): SchedulerEvent | undefined {
    this.#concerned = undefined
    const kind = code % KINDS === PREWARM ? 'prewarm' : 'allocate'
    if (!takeNamedTimer(this.#heap, fn[kind], order, code)) return undefined
    return fired({ kind, versionKey: fn.versionKey })
  }

  /** A run is over, or a start. */
  #ended(sandbox: WorldSandbox): SchedulerEvent {
    const { id: sandboxId, invocation } = sandbox
    sandbox.endOrder = 0
    if (sandbox.activity === BUSY && invocation !== undefined) {
      return { type: 'responded', sandboxId, requestId: invocation.id, reusable: true }
    }
    if (invocation === undefined) turnTo(sandbox, IDLE, this.#nowUs)
    else if (sandbox.phase === 'init') invocation.initUs = sandbox.initUs
    return { type: 'started', sandboxId }
  }

  #nextOrder(): number {
    this.#order += 1
    return this.#order
  }
}

function limitReached(sandbox: WorldSandbox): SchedulerEvent | undefined {
  const { id: sandboxId, limit: kind } = sandbox
  sandbox.limit = undefined
  return kind === undefined ? undefined : fired({ kind, sandboxId })
}

const fired = (timer: SchedulerTimer): SchedulerEvent => ({ type: 'timerFired', timer })
