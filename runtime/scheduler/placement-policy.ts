import type { SandboxId } from '../kernel/ids.ts'
import type { AssignReason } from './scheduler-events.ts'

/** A sandbox that could take the invocation. */
export interface Candidate {
  readonly id: SandboxId
}

/** A candidate whose runtime was ended by a reset: taking it means initialising it again. */
export interface HaltedCandidate extends Candidate {
  readonly lostTo: 'timeout' | 'crash'
}

export interface PlacementSnapshot {
  /** The caller wants a cold start. */
  readonly forceCold: boolean
  /** Idle sandboxes of the function, least recently used first. */
  readonly idle: readonly Candidate[]
  /** Its sandboxes that wait for a new runtime, oldest first. */
  readonly halted: readonly HaltedCandidate[]
  /** How many it has that will serve further invocations, busy ones too. */
  readonly sandboxCount: number
}

export type Placement =
  | { readonly kind: 'reuse'; readonly sandboxId: SandboxId; readonly why: 'reused' }
  | { readonly kind: 'restart'; readonly sandboxId: SandboxId; readonly why: AssignReason }
  | { readonly kind: 'create'; readonly why: AssignReason }

/**
 * Which sandbox takes an admitted invocation. The most recently used idle one, so that surplus ones
 * age out; else one that lost its runtime; else a new one. It never waits for a busy one: Lambda
 * starts another (AWS Lambda Developer Guide, "Understanding Lambda function scaling"). The order
 * of reuse is not documented by AWS; most recently used fits the measured decay after a burst.
 *
 * AWS calls choosing a warm environment "assignment" and finding room for a new one "placement";
 * here both are one decision.
 */
export function place(snapshot: PlacementSnapshot): Placement {
  if (snapshot.forceCold) return { kind: 'create', why: 'forced' }
  const warm = snapshot.idle.at(-1)
  if (warm !== undefined) return { kind: 'reuse', sandboxId: warm.id, why: 'reused' }
  const halted = snapshot.halted.at(-1)
  if (halted !== undefined) {
    return { kind: 'restart', sandboxId: halted.id, why: `reset after ${halted.lostTo}` }
  }
  return { kind: 'create', why: snapshot.sandboxCount === 0 ? 'no sandbox' : 'all busy' }
}
