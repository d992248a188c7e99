import type { SandboxId } from '../../runtime/kernel/ids.ts'
import type { Scheduler } from '../../runtime/scheduler/scheduler.ts'
import type { SchedulerAction, SchedulerEvent } from '../../runtime/scheduler/scheduler-events.ts'
import type { SchedulerOptions } from '../../runtime/scheduler/scheduler-options.ts'
import { isAtRest, type Scene, type Seen } from './scene.ts'

type Arrival = Extract<SchedulerEvent, { type: 'invocationArrived' }>
type Assignment = Extract<SchedulerAction, { type: 'assign' }>

/** That each invocation gets the sandbox that it should: none is cold, or spills over, without need. */
export class PlacementChecks {
  readonly #rules: SchedulerOptions
  /** When each came to rest, by number. */
  readonly #rested = new Map<SandboxId, number>()
  #count = 0

  constructor(rules: SchedulerOptions) {
    this.#rules = rules
  }

  /** @param provisionedIsFree by a count of its own. */
  assigned(action: Assignment, arrival: Arrival, scene: Scene, provisionedIsFree: boolean): void {
    const { sandboxId, why, concurrency } = action
    const chosen = scene.get(sandboxId)
    if ((concurrency === 'provisioned') !== (chosen?.isProvisioned ?? false))
      throw new Error(`${concurrency} in a sandbox of the other kind`)
    if (arrival.forceCold) {
      if (chosen !== undefined || why !== 'forced')
        throw new Error('not cold, though it was forced')
      return
    }
    if (concurrency !== 'provisioned' && provisionedIsFree)
      throw new Error('spilled over for nothing')
    const idle = idleOf(scene, arrival, concurrency === 'provisioned')
    if (idle.length > 0) return this.#reused(sandboxId, idle)
    if (chosen?.state !== 'halted' && hasHalted(scene, arrival)) {
      throw new Error('another was started, though one waits for a new runtime')
    }
    if (chosen === undefined) checkReason(why, scene, arrival)
  }

  /** Keeps in mind in which order sandboxes came to rest. */
  after(scheduler: Scheduler, scene: Scene): void {
    for (const { id, state } of scheduler.sandboxes()) {
      const isNew = isAtRest({ state }) && scene.get(id)?.state !== state
      if (!isNew) continue
      this.#count += 1
      this.#rested.set(id, this.#count)
    }
  }

  #reused(chosen: SandboxId, idle: readonly SandboxId[]): void {
    const inOrder = [...idle].sort((a, b) => this.#of(a) - this.#of(b))
    const expected = inOrder[this.#rules.reuse === 'most-recent' ? inOrder.length - 1 : 0]
    if (chosen !== expected) throw new Error(`took ${chosen}, not ${expected}`)
  }

  #of = (id: SandboxId): number => this.#rested.get(id) ?? 0
}

function checkReason(why: string, scene: Scene, { versionKey }: Arrival): void {
  const hasOne = [...scene.values()].some(
    (seen) => seen.versionKey === versionKey && seen.isLasting,
  )
  const expected = hasOne ? 'all busy' : 'no sandbox'
  if (why !== expected) throw new Error(`a new one for '${why}', not '${expected}'`)
}

/** On demand, of the version, at rest: an invocation needs no new environment. */
export const needsNone = (scene: Scene, arrival: Arrival): boolean =>
  !arrival.forceCold && (idleOf(scene, arrival, false).length > 0 || hasHalted(scene, arrival))

export const hasIdleProvisioned = (scene: Scene, arrival: Arrival): boolean =>
  !arrival.forceCold && idleOf(scene, arrival, true).length > 0

const idleOf = (scene: Scene, { versionKey }: Arrival, isProvisioned: boolean): SandboxId[] =>
  [...scene]
    .filter(([, seen]) => isOf(seen, versionKey, 'idle') && seen.isProvisioned === isProvisioned)
    .map(([id]) => id)

const hasHalted = (scene: Scene, { versionKey }: Arrival): boolean =>
  [...scene.values()].some((seen) => isOf(seen, versionKey, 'halted'))

const isOf = (seen: Seen, versionKey: string, state: string): boolean =>
  seen.versionKey === versionKey && seen.state === state
