import type { SandboxId } from '../../runtime/kernel/ids.ts'
import type { Scheduler } from '../../runtime/scheduler/scheduler.ts'
import type { VersionKey } from '../../runtime/scheduler/scheduler-events.ts'

/** A sandbox as it was when an event came. */
export interface Seen {
  readonly versionKey: VersionKey
  readonly isProvisioned: boolean
  readonly state: string
  readonly isHeld: boolean
  /** It will serve further invocations. */
  readonly isLasting: boolean
  readonly footprintMb: number
  readonly worth: number
}

/** All sandboxes, as they were when an event came. */
export type Scene = ReadonlyMap<SandboxId, Seen>

export function sceneOf(scheduler: Scheduler): Scene {
  const scene = new Map<SandboxId, Seen>()
  for (const record of scheduler.sandboxes()) {
    scene.set(record.id, {
      versionKey: record.versionKey,
      isProvisioned: record.initializationType !== 'on-demand',
      state: record.state,
      isHeld: record.heldIn !== undefined,
      isLasting: record.state !== 'stopping' && record.doomedFor === undefined,
      footprintMb: record.footprintMb,
      worth: record.worth,
    })
  }
  return scene
}

export const isAtRest = ({ state }: { readonly state: string }): boolean =>
  state === 'idle' || state === 'halted'
