import type { RequestId, SandboxId } from '../../runtime/kernel/ids.ts'
import type { Scheduler } from '../../runtime/scheduler/scheduler.ts'
import type {
  SchedulerAction,
  SchedulerEvent,
  VersionKey,
} from '../../runtime/scheduler/scheduler-events.ts'
import type { SchedulerOptions } from '../../runtime/scheduler/scheduler-options.ts'
import { Deployments } from './deployments.ts'
import { NaiveAccount } from './naive-account.ts'

type ActionOf<Type extends SchedulerAction['type']> = Extract<SchedulerAction, { type: Type }>

interface Before {
  readonly state: string
  readonly isHeld: boolean
  readonly footprintMb: number
}

/** What must hold of every action, whatever happens; each check throws where it does not. */
export class SchedulerChecks {
  readonly account: NaiveAccount
  readonly live = new Set<SandboxId>()
  readonly serving = new Map<SandboxId, RequestId>()
  readonly #scheduler: Scheduler
  readonly #deployments = new Deployments()
  readonly #pools = new Map<string, string>()
  readonly #unsettled = new Set<string>()
  /** As things were when the event came. */
  #before = new Map<SandboxId, Before>()
  #arriving: VersionKey | undefined
  /** Made in this turn. */
  #made = new Set<SandboxId>()
  /** One was evicted for lack of memory in this turn. */
  #hasEvicted = false
  readonly #footprints = new Map<VersionKey, number>()
  #isClosing = false

  constructor(scheduler: Scheduler, rules: SchedulerOptions) {
    this.#scheduler = scheduler
    this.account = new NaiveAccount(rules)
  }

  before(event: SchedulerEvent, nowUs: number): void {
    this.#deployments.hear(event)
    this.account.hear(event, nowUs)
    this.#made = new Set()
    this.#hasEvicted = false
    if (event.type === 'versionDeployed') {
      this.#footprints.set(event.facts.key, event.facts.footprintMb)
    }
    if (event.type === 'footprintMeasured' && this.live.has(event.sandboxId)) {
      this.#footprints.set(this.#deployments.versionOf(event.sandboxId), event.footprintMb)
    }
    this.#arriving = event.type === 'invocationArrived' ? event.versionKey : undefined
    if (event.type === 'closeRequested') this.#isClosing = true
    this.#before = new Map(
      [...this.#scheduler.sandboxes()].map(({ id, state, heldIn, footprintMb }) => [
        id,
        { state, isHeld: heldIn !== undefined, footprintMb },
      ]),
    )
  }

  action(action: SchedulerAction, nowUs: number): void {
    this.#deployments.check(action, nowUs)
    switch (action.type) {
      case 'create':
        if (this.#isClosing) throw new Error('a sandbox was made while closing')
        this.live.add(action.sandboxId)
        this.#made.add(action.sandboxId)
        return
      case 'assign':
        return this.#assigned(action, nowUs)
      case 'start':
      case 'dispatch':
        if (this.serving.get(action.sandboxId) !== action.requestId) {
          throw new Error(`${action.type} for an invocation that is not assigned`)
        }
        return
      case 'stop':
        return this.#stops(action)
      case 'finish':
        return this.#finished(action.requestId)
      case 'throttle':
        return this.account.throttled(action, this.#arriving as VersionKey, nowUs)
      case 'refuse':
        return this.#refused(action)
      case 'provisioned':
      case 'keptWarm':
        return this.#told(action)
      default:
    }
  }

  after(event: SchedulerEvent): void {
    if (event.type === 'stopped') this.live.delete(event.sandboxId)
    const inFlight = this.#scheduler.inFlight()
    if (inFlight !== this.serving.size || inFlight !== this.account.inFlight) {
      throw new Error('the ledger is wrong')
    }
    const { takenMb, budgetMb } = this.#scheduler.memory()
    if (this.#made.size > 0 && takenMb > budgetMb)
      throw new Error('started beyond the memory budget')
    let sumMb = 0
    for (const { state, footprintMb } of this.#scheduler.sandboxes()) {
      if (state !== 'stopping') sumMb += footprintMb
    }
    if (sumMb !== takenMb) throw new Error(`takes ${sumMb} MB, not ${takenMb}`)
  }

  /** From now on each pool that is not yet READY, or FAILED, has to become so. */
  watchPools(): void {
    for (const [name, status] of this.#pools)
      if (status === 'IN_PROGRESS') this.#unsettled.add(name)
  }

  /** Each was so once: recycling may begin anew at any time. */
  get arePoolsSettled(): boolean {
    return this.#unsettled.size === 0
  }

  #assigned(action: ActionOf<'assign'>, nowUs: number): void {
    const { sandboxId, requestId } = action
    if (this.serving.has(sandboxId)) throw new Error('two invocations in one sandbox')
    const versionKey = this.#deployments.versionOf(sandboxId)
    if (versionKey !== this.#arriving) throw new Error('a sandbox of another version')
    this.account.assigned(action, versionKey, this.#made.has(sandboxId), nowUs)
    this.serving.set(sandboxId, requestId)
  }

  #finished(requestId: RequestId): void {
    this.account.finished(requestId)
    for (const [sandboxId, served] of this.serving) {
      if (served === requestId) this.serving.delete(sandboxId)
    }
  }

  /** Nothing that runs is stopped, unless the machine has lost it; nothing that is held, for others' sake. */
  #stops({ sandboxId, reason }: ActionOf<'stop'>): void {
    if (reason === 'memory pressure') this.#hasEvicted = true
    if (this.serving.has(sandboxId)) throw new Error(`stopped while it serves: ${reason}`)
    const before = this.#before.get(sandboxId)
    if (before === undefined) return
    if ((reason === 'idle' || reason === 'memory pressure') && before.isHeld) {
      const isLetGo = [...this.#scheduler.sandboxes()].every(
        ({ id, heldIn }) => id !== sandboxId || !heldIn,
      )
      if (reason === 'memory pressure' || !isLetGo)
        throw new Error(`held ready, and stopped: ${reason}`)
    }
    if (reason === 'memory pressure' && before.state !== 'idle' && before.state !== 'halted') {
      throw new Error(`evicted while ${before.state}`)
    }
  }

  /** There really was no room, even without all that could be evicted; and so nothing was. */
  #refused({ budgetMb }: ActionOf<'refuse'>): void {
    if (this.#hasEvicted) throw new Error('evicted for nothing')
    let inUseMb = 0
    for (const { state, isHeld, footprintMb } of this.#before.values()) {
      const isEvictable = (state === 'idle' || state === 'halted') && !isHeld
      if (state !== 'stopping' && !isEvictable) inUseMb += footprintMb
    }
    const neededMb = this.#footprints.get(this.#arriving as VersionKey) ?? 0
    if (inUseMb + neededMb <= budgetMb) {
      throw new Error(`refused with ${inUseMb} of ${budgetMb} MB in use, ${neededMb} needed`)
    }
  }

  #told(action: ActionOf<'provisioned'> | ActionOf<'keptWarm'>): void {
    const { requested, status } = action.state
    const name = `${action.type} ${action.versionKey}`
    this.#pools.set(name, requested === 0 ? 'READY' : status)
    if (status !== 'IN_PROGRESS') this.#unsettled.delete(name)
    if (action.type === 'provisioned') this.account.told(action)
  }
}
