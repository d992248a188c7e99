import type { RequestId, SandboxId } from '../../runtime/kernel/ids.ts'
import type { Scheduler } from '../../runtime/scheduler/scheduler.ts'
import type {
  SchedulerAction,
  SchedulerEvent,
  VersionKey,
} from '../../runtime/scheduler/scheduler-events.ts'
import type { SchedulerOptions } from '../../runtime/scheduler/scheduler-options.ts'
import { Deployments } from './deployments.ts'
import { KeepingChecks } from './keeping-checks.ts'
import { NaiveAccount } from './naive-account.ts'
import { hasIdleProvisioned, needsNone, PlacementChecks } from './placement-checks.ts'
import { PoolChecks } from './pool-checks.ts'
import { isAtRest, type Scene, sceneOf } from './scene.ts'
import { StateChecks } from './state-checks.ts'
import type { UnderWay } from './under-way.ts'

type ActionOf<Type extends SchedulerAction['type']> = Extract<SchedulerAction, { type: Type }>
type Arrival = Extract<SchedulerEvent, { type: 'invocationArrived' }>

/** What must hold of every action, whatever happens; each check throws where it does not. */
export class SchedulerChecks {
  readonly account: NaiveAccount
  readonly live = new Set<SandboxId>()
  readonly serving = new Map<SandboxId, RequestId>()
  readonly #scheduler: Scheduler
  readonly #deployments: Deployments
  readonly #placement: PlacementChecks
  readonly #keeping: KeepingChecks
  readonly #pooling = new PoolChecks()
  readonly #states = new StateChecks()
  readonly #pools = new Map<string, string>()
  readonly #unsettled = new Set<string>()
  /** As things were when the event came. */
  #before: Scene = new Map()
  #arriving: Arrival | undefined
  /** Made in this turn. */
  #made = new Set<SandboxId>()
  /** One was evicted for lack of memory in this turn. */
  #hasEvicted = false
  readonly #footprints = new Map<VersionKey, number>()
  #isClosing = false

  constructor(scheduler: Scheduler, rules: SchedulerOptions) {
    this.#scheduler = scheduler
    this.account = new NaiveAccount(rules)
    this.#deployments = new Deployments(rules)
    this.#placement = new PlacementChecks(rules)
    this.#keeping = new KeepingChecks(rules)
  }

  before(event: SchedulerEvent, nowUs: number): void {
    this.#deployments.hear(event)
    this.#pooling.hear(event)
    this.#states.hear(event)
    this.account.hear(event, nowUs)
    this.#made = new Set()
    this.#hasEvicted = false
    if (event.type === 'versionDeployed') {
      this.#footprints.set(event.facts.key, event.facts.footprintMb)
    }
    if (event.type === 'footprintMeasured' && this.live.has(event.sandboxId)) {
      this.#footprints.set(this.#deployments.versionOf(event.sandboxId), event.footprintMb)
    }
    this.#arriving = event.type === 'invocationArrived' ? event : undefined
    if (event.type === 'closeRequested') this.#isClosing = true
    this.#before = sceneOf(this.#scheduler)
  }

  action(action: SchedulerAction, nowUs: number): void {
    this.#deployments.check(action, nowUs)
    this.#keeping.action(action, this.#before, nowUs)
    this.#pooling.action(action)
    this.#states.action(action, this.#before, nowUs)
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
        return this.#throttled(action, nowUs)
      case 'refuse':
        return this.#refused(action)
      case 'provisioned':
      case 'keptWarm':
        return this.#told(action)
      default:
    }
  }

  after(event: SchedulerEvent, underWay: UnderWay, nowUs: number): void {
    if (event.type === 'stopped') this.live.delete(event.sandboxId)
    this.#placement.after(this.#scheduler, this.#before)
    this.#keeping.after(this.#scheduler, this.#before, underWay, nowUs)
    this.#pooling.after(this.#scheduler, this.#before, underWay)
    this.#states.after(this.#scheduler, this.#before, underWay)
    const inFlight = this.#scheduler.inFlight()
    if (inFlight !== this.serving.size || inFlight !== this.account.inFlight) {
      throw new Error('the ledger is wrong')
    }
    const { takenMb, budgetMb } = this.#scheduler.memory()
    if (this.#made.size > 0 && takenMb > budgetMb)
      throw new Error('started beyond the memory budget')
    let sumMb = 0
    for (const { id, state, footprintMb, versionKey } of this.#scheduler.sandboxes()) {
      if (this.#made.has(id) && footprintMb !== this.#footprints.get(versionKey))
        throw new Error(`made for ${footprintMb} MB, which is not what is known`)
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
    const arrival = this.#arriving
    if (versionKey !== arrival?.versionKey) throw new Error('a sandbox of another version')
    this.#placement.assigned(action, arrival, this.#before, this.#isProvisionedFree(arrival, nowUs))
    this.account.assigned(action, versionKey, this.#made.has(sandboxId), nowUs)
    this.serving.set(sandboxId, requestId)
  }

  #throttled(action: ActionOf<'throttle'>, nowUs: number): void {
    const arrival = this.#arriving as Arrival
    this.account.throttled(action, arrival.versionKey, !needsNone(this.#before, arrival), nowUs)
    const isOfAll = action.reason.startsWith('Caller') || this.account.neverRuns(arrival.versionKey)
    if (!isOfAll && this.#isProvisionedFree(arrival, nowUs)) {
      throw new Error('throttled, though a provisioned sandbox is free')
    }
  }

  #isProvisionedFree(arrival: Arrival, nowUs: number): boolean {
    return (
      hasIdleProvisioned(this.#before, arrival) &&
      this.account.mayUseProvisioned(arrival.versionKey, nowUs)
    )
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
    if (reason === 'memory pressure' && !isAtRest(before)) {
      throw new Error(`evicted while ${before.state}`)
    }
  }

  /** There really was no room, even without all that could be evicted; and so nothing was. */
  #refused({ budgetMb }: ActionOf<'refuse'>): void {
    if (this.#hasEvicted) throw new Error('evicted for nothing')
    let inUseMb = 0
    for (const { state, isHeld, footprintMb } of this.#before.values()) {
      const isEvictable = isAtRest({ state }) && !isHeld
      if (state !== 'stopping' && !isEvictable) inUseMb += footprintMb
    }
    const neededMb = this.#footprints.get((this.#arriving as Arrival).versionKey) ?? 0
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
