import type { SandboxId } from '../kernel/ids.ts'

export interface IdleSandbox {
  readonly id: SandboxId
  /** When its last act ended, monotonic microseconds. */
  readonly idleSinceUs: number
}

/** When an idle sandbox is to be evicted. */
export function idleDeadlineUs(sandbox: IdleSandbox, idleTimeoutUs: number): number {
  return sandbox.idleSinceUs + idleTimeoutUs
}

export interface PressureSnapshot {
  /** Sandboxes of all functions, busy ones too. */
  readonly sandboxCount: number
  /** More than this the machine's memory does not hold. */
  readonly maxSandboxes: number
  /** The idle ones of all functions, in any order. */
  readonly idle: Iterable<IdleSandbox>
}

/**
 * Which idle sandbox must go so that one more can be started: the least recently used of all
 * functions, or none while there is room.
 */
export function victimUnderPressure(snapshot: PressureSnapshot): SandboxId | undefined {
  if (snapshot.sandboxCount < snapshot.maxSandboxes) return undefined
  let victim: IdleSandbox | undefined
  for (const sandbox of snapshot.idle) {
    if (victim === undefined || sandbox.idleSinceUs < victim.idleSinceUs) victim = sandbox
  }
  return victim?.id
}
