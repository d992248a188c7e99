import type { SandboxId } from '../../runtime/kernel/ids.ts'
import type { Scheduler } from '../../runtime/scheduler/scheduler.ts'
import type { SchedulerAction, SchedulerEvent } from '../../runtime/scheduler/scheduler-events.ts'
import { isAtRest, type Scene } from './scene.ts'
import type { UnderWay } from './under-way.ts'

type Prewarm = { readonly versionKey: string; readonly dueUs: number }

/**
 * That each sandbox has the timers of its state and no others, that starts that somebody waits for come
 * first, and that memory is freed when it must be, and only then.
 */
export class StateChecks {
  readonly #prewarmAtUs = new Map<string, number>()
  #event: SchedulerEvent | undefined
  #startedAhead = false
  #lastVictimMb: number | undefined
  #hasGivenUp = false
  #prewarm: Prewarm | undefined

  hear(event: SchedulerEvent): void {
    this.#event = event
    this.#startedAhead = false
    this.#lastVictimMb = undefined
    this.#hasGivenUp = false
    this.#prewarm = undefined
    if (event.type === 'timerFired' && event.timer.kind === 'prewarm') {
      const { versionKey } = event.timer
      const dueUs = this.#prewarmAtUs.get(versionKey) ?? Number.POSITIVE_INFINITY
      this.#prewarm = { versionKey, dueUs }
    }
  }

  action(action: SchedulerAction, scene: Scene, nowUs: number): void {
    switch (action.type) {
      case 'start':
        if (action.requestId === undefined) this.#startedAhead = true
        return
      case 'setTimer':
        if (action.timer.kind === 'prewarm') {
          this.#prewarmAtUs.set(action.timer.versionKey, action.atUs)
        }
        return
      case 'stop': {
        const seen = scene.get(action.sandboxId)
        if (action.reason === 'memory pressure') {
          this.#lastVictimMb = this.#measuredMb(action.sandboxId) ?? seen?.footprintMb
        }
        const isForced = ['failure', 'closing', 'runtime exited'].includes(action.reason)
        const isEnded =
          this.#event?.type === 'wasReset' && this.#event.sandboxId === action.sandboxId
        if (seen?.state === 'resetting' && !isForced && !isEnded)
          throw new Error(`stopped while it is being reset: ${action.reason}`)
        return
      }
      case 'create':
        return this.#created(scene, nowUs)
      case 'provisioned':
      case 'keptWarm':
        if (action.state.status === 'FAILED') this.#hasGivenUp = true
        return
      default:
    }
  }

  after(scheduler: Scheduler, scene: Scene, underWay: UnderWay): void {
    let waits = false
    let canBeEvicted = false
    for (const { id, state, phase, requestId, heldIn } of scheduler.sandboxes()) {
      const isInit = state === 'starting' && phase === 'init'
      const isInvoke = state === 'busy' || (state === 'starting' && phase === 'invoke')
      checkTimer(underWay, 'init', id, isInit)
      checkTimer(underWay, 'deadline', id, isInvoke)
      if (state === 'queued' && requestId !== undefined && scene.get(id)?.state === 'queued') {
        waits = true
      }
      if (isAtRest({ state }) && heldIn === undefined) canBeEvicted = true
    }
    if (waits && this.#startedAhead) throw new Error('started ahead while somebody waits')
    const { takenMb, budgetMb } = scheduler.memory()
    if (this.#event?.type === 'footprintMeasured' && takenMb > budgetMb && canBeEvicted)
      throw new Error(`takes ${takenMb} of ${budgetMb} MB, though one could be evicted`)
    if (this.#lastVictimMb === undefined || this.#hasGivenUp) return
    if (takenMb + this.#lastVictimMb <= budgetMb) throw new Error('evicted without need')
  }

  /** What was found in this very turn. */
  #measuredMb(sandboxId: SandboxId): number | undefined {
    const event = this.#event
    if (event?.type !== 'footprintMeasured' || event.sandboxId !== sandboxId) return undefined
    return event.footprintMb
  }

  /** Ahead of demand: when it is due, where there is none, and at nobody's expense. */
  #created(scene: Scene, nowUs: number): void {
    const prewarm = this.#prewarm
    if (prewarm === undefined) return
    if (nowUs < prewarm.dueUs) throw new Error('started ahead too early')
    for (const { versionKey, isLasting } of scene.values()) {
      if (versionKey === prewarm.versionKey && isLasting)
        throw new Error('started ahead, though there is one')
    }
    if (this.#lastVictimMb !== undefined) throw new Error('one was evicted for a start ahead')
  }
}

function checkTimer(underWay: UnderWay, kind: string, id: SandboxId, isDue: boolean): void {
  const isSet = underWay.timerAtUs(`${kind} ${id}`) !== undefined
  if (isSet !== isDue) throw new Error(`${kind} timer of ${id}: ${isSet ? 'set' : 'not set'}`)
}
