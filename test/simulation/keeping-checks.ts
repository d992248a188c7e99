import type { SandboxId } from '../../runtime/kernel/ids.ts'
import type { Scheduler } from '../../runtime/scheduler/scheduler.ts'
import type { SchedulerAction } from '../../runtime/scheduler/scheduler-events.ts'
import type { SchedulerOptions } from '../../runtime/scheduler/scheduler-options.ts'
import { isAtRest, type Scene } from './scene.ts'
import type { UnderWay } from './under-way.ts'

type Stop = Extract<SchedulerAction, { type: 'stop' }>

interface Use {
  readonly madeUs: number
  served: number
  /** When it came to rest the last time. */
  restedUs: number
  wasHeld: boolean
}

/**
 * That sandboxes are kept for as long as the policy says and no longer, replaced neither too early nor
 * too late, and that the one of least worth makes room.
 */
export class KeepingChecks {
  readonly #rules: SchedulerOptions
  readonly #uses = new Map<SandboxId, Use>()
  /** The most that one was worth which made room in this turn. */
  #worthEvicted = Number.NEGATIVE_INFINITY

  constructor(rules: SchedulerOptions) {
    this.#rules = rules
  }

  action(action: SchedulerAction, scene: Scene, nowUs: number): void {
    switch (action.type) {
      case 'create': {
        const use = { madeUs: nowUs, served: 0, restedUs: nowUs, wasHeld: false }
        this.#uses.set(action.sandboxId, use)
        return
      }
      case 'dispatch': {
        const use = this.#of(action.sandboxId)
        use.served += 1
        if (use.served > this.#rules.recycling.afterInvocations) throw new Error('is worn out')
        return
      }
      case 'freeze': {
        const dueUs = this.#of(action.sandboxId).restedUs + this.#rules.freezeDelayUs
        if (nowUs < dueUs) throw new Error('frozen too early')
        return
      }
      case 'stop':
        return this.#stopped(action, scene, nowUs)
      default:
    }
  }

  /** Whatever is at rest is on its way out, by a timer that is set. */
  after(scheduler: Scheduler, scene: Scene, underWay: UnderWay, nowUs: number): void {
    const { keepAlive } = this.#rules
    const worthEvicted = this.#worthEvicted
    this.#worthEvicted = Number.NEGATIVE_INFINITY
    const mostUs = this.#mostKeepUs()
    for (const { id, state, heldIn, frozen, worth } of scheduler.sandboxes()) {
      const use = this.#of(id)
      if (heldIn !== undefined) use.wasHeld = true
      if (!isAtRest({ state })) continue
      const before = scene.get(id)
      if (before?.state !== state) use.restedUs = nowUs
      if (state === 'idle' && !frozen && underWay.timerAtUs(`freeze ${id}`) === undefined)
        throw new Error('it will never be frozen')
      const atUs = underWay.timerAtUs(`idle ${id}`) ?? Number.POSITIVE_INFINITY
      if (atUs > Math.max(nowUs, use.madeUs + this.#rules.recycling.mostAgeUs))
        throw new Error('it is never recycled')
      if (heldIn !== undefined) continue
      if (worth < worthEvicted && before?.isHeld === false && before.worth === worth)
        throw new Error('evicted one that is worth more')
      if (keepAlive.kind === 'none') throw new Error('kept, though none is to be')
      if (atUs > nowUs + mostUs) throw new Error('kept for too long')
    }
  }

  #stopped({ sandboxId, reason }: Stop, scene: Scene, nowUs: number): void {
    const { recycling } = this.#rules
    const use = this.#of(sandboxId)
    const before = scene.get(sandboxId)
    if (before === undefined) return
    if (reason === 'recycled') {
      const isOld = nowUs >= use.madeUs + recycling.leastAgeUs
      if (!isOld && use.served < recycling.afterInvocations) throw new Error('recycled too early')
    }
    if (reason === 'idle' && !before.isHeld) {
      const restedUs = isAtRest(before) ? use.restedUs : nowUs
      if (!use.wasHeld && nowUs < restedUs + this.#leastKeepUs()) throw new Error('idle too early')
    }
    if (reason === 'memory pressure')
      this.#worthEvicted = Math.max(this.#worthEvicted, before.worth)
  }

  #leastKeepUs(): number {
    const { keepAlive } = this.#rules
    if (keepAlive.kind === 'fixed') return keepAlive.lifetimeUs
    if (keepAlive.kind === 'drawn') return keepAlive.leastUs
    return keepAlive.kind === 'greedy-dual' ? Number.POSITIVE_INFINITY : 0
  }

  #mostKeepUs(): number {
    const { keepAlive } = this.#rules
    if (keepAlive.kind === 'fixed') return keepAlive.lifetimeUs
    return keepAlive.kind === 'drawn' ? keepAlive.mostUs : Number.POSITIVE_INFINITY
  }

  #of(id: SandboxId): Use {
    const use = this.#uses.get(id)
    if (use === undefined) throw new Error('a sandbox that was never made')
    return use
  }
}
