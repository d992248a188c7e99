import type { SandboxId } from '../../runtime/kernel/ids.ts'
import type { Scheduler } from '../../runtime/scheduler/scheduler.ts'
import type {
  PoolState,
  SchedulerAction,
  SchedulerEvent,
  VersionKey,
} from '../../runtime/scheduler/scheduler-events.ts'
import { isAtRest, type Scene } from './scene.ts'
import type { UnderWay } from './under-way.ts'

type Kind = 'provisioned' | 'keptWarm'

interface Pool {
  readonly kind: Kind
  readonly versionKey: VersionKey
  requested: number
  told: PoolState | undefined
  /** All were there once since the first was asked for. */
  wasReady: boolean
}

/** That as many sandboxes are held ready as were asked for, and that what is told of them is true. */
export class PoolChecks {
  readonly #pools = new Map<string, Pool>()
  #isClosing = false
  /** What failed may be tried again in this turn. */
  #retried: readonly Pool[] = []
  #letGo: SandboxId[] = []
  #mayFail = false
  #mustFail: SandboxId | undefined
  readonly #served = new Set<SandboxId>()

  hear(event: SchedulerEvent): void {
    this.#letGo = []
    this.#mayFail = false
    this.#mustFail = undefined
    this.#retried = []
    switch (event.type) {
      case 'provisionedChanged':
      case 'keepWarmChanged': {
        const kind = event.type === 'provisionedChanged' ? 'provisioned' : 'keptWarm'
        const pool = this.#pool(kind, event.versionKey)
        pool.requested = event.count
        this.#retried = [pool]
        if (event.count === 0) pool.wasReady = false
        return
      }
      case 'versionDeployed':
        this.#retried = [...this.#pools.values()].filter(
          ({ versionKey }) => versionKey === event.facts.key,
        )
        return
      case 'startFailed':
      case 'wasReset':
        this.#mayFail = true
        return
      case 'exitedIdle':
        // One that was of use may be replaced; one that was not would end so again.
        this.#mayFail = !this.#served.has(event.sandboxId)
        this.#mustFail = this.#mayFail ? event.sandboxId : undefined
        return
      case 'closeRequested':
        this.#isClosing = true
        return
      default:
    }
  }

  action(action: SchedulerAction): void {
    if (action.type === 'dispatch') this.#served.add(action.sandboxId)
    if (action.type === 'stop' && action.reason === 'not provisioned') {
      this.#letGo.push(action.sandboxId)
    }
    if (action.type !== 'provisioned' && action.type !== 'keptWarm') return
    const { state, versionKey } = action
    const pool = this.#pool(action.type, versionKey)
    const isNewFailure = state.status === 'FAILED' && pool.told?.status !== 'FAILED'
    if (isNewFailure && state.statusReason === 'FUNCTION_ERROR_INIT_FAILURE' && !this.#mayFail)
      throw new Error('a pool failed though no init did')
    pool.told = state
    if (state.status === 'READY' && state.requested > 0) pool.wasReady = true
  }

  after(scheduler: Scheduler, scene: Scene, underWay: UnderWay): void {
    if (this.#isClosing) return
    const held = countHeld(scheduler)
    for (const [name, pool] of this.#pools) this.#check(pool, held.get(name), underWay)
    const isMissing = [...held.keys()].some((name) => !this.#pools.has(name))
    if (isMissing) throw new Error('held ready though that was not asked for')
    this.#checkLetGo(scheduler, scene)
    const gone = this.#mustFail === undefined ? undefined : scene.get(this.#mustFail)
    if (gone?.state !== 'idle' || !gone.isHeld) return
    const pool = this.#pool(gone.isProvisioned ? 'provisioned' : 'keptWarm', gone.versionKey)
    if (pool.told?.status !== 'FAILED') throw new Error('one that ends unused is started for ever')
  }

  #check(pool: Pool, held: Held | undefined, underWay: UnderWay): void {
    const { kind, versionKey, requested, told, wasReady } = pool
    const { members = 0, initialised = 0, resetting = 0 } = held ?? {}
    if (told === undefined) throw new Error('nothing was told of a pool')
    // Of one whose runtime is being ended it is told when that is done.
    const isTrue = told.allocated >= initialised && told.allocated <= initialised + resetting
    if (told.requested !== requested || !isTrue)
      throw new Error(`told ${told.allocated}/${told.requested}, not ${initialised}/${requested}`)
    if (members > requested) throw new Error('more are held than asked for')
    const hasFailed = told.status === 'FAILED'
    if (hasFailed && told.statusReason !== 'SANDLOT_OUT_OF_MEMORY' && this.#retried.includes(pool))
      throw new Error('what failed was not tried again')
    if (hasFailed && !wasReady && members > 0) throw new Error('held in part')
    const isAllocating =
      kind === 'provisioned' && underWay.timerAtUs(`allocate ${versionKey}`) !== undefined
    if (!hasFailed && !isAllocating && members < requested) throw new Error('fewer than asked for')
  }

  /** Of what is provisioned: those that are of least use, and only what is too much. */
  #checkLetGo(scheduler: Scheduler, scene: Scene): void {
    for (const id of this.#letGo) {
      const gone = scene.get(id)
      if (gone === undefined || !gone.isHeld) continue
      const pool = this.#pool('provisioned', gone.versionKey)
      const members = [...scheduler.sandboxes()].filter(
        ({ heldIn, versionKey }) =>
          heldIn?.kind === 'provisioned' && versionKey === gone.versionKey,
      )
      if (members.length < pool.requested && pool.wasReady) throw new Error('too many were let go')
      if (gone.state !== 'idle') continue
      if (members.some(({ state }) => state !== 'idle' && state !== 'busy'))
        throw new Error('an initialised one was let go before one that is not')
    }
    for (const { state, initializationType, heldIn } of scheduler.sandboxes()) {
      const isLost = initializationType !== 'on-demand' && heldIn === undefined
      if (isLost && isAtRest({ state })) throw new Error('provisioned, and held by nobody')
    }
  }

  #pool(kind: Kind, versionKey: VersionKey): Pool {
    const name = `${kind} ${versionKey}`
    const known = this.#pools.get(name)
    if (known !== undefined) return known
    const pool = { kind, versionKey, requested: 0, told: undefined, wasReady: false }
    this.#pools.set(name, pool)
    return pool
  }
}

interface Held {
  members: number
  initialised: number
  resetting: number
}

function countHeld(scheduler: Scheduler): Map<string, Held> {
  const counts = new Map<string, Held>()
  for (const { heldIn, versionKey, state } of scheduler.sandboxes()) {
    if (heldIn === undefined) continue
    const name = `${heldIn.kind === 'warm' ? 'keptWarm' : 'provisioned'} ${versionKey}`
    const count = counts.get(name) ?? { members: 0, initialised: 0, resetting: 0 }
    count.members += 1
    if (state === 'idle' || state === 'busy') count.initialised += 1
    if (state === 'resetting') count.resetting += 1
    counts.set(name, count)
  }
  return counts
}
