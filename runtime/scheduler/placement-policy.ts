import type { SandboxId } from '../kernel/ids.ts'
import type { AssignReason } from './scheduler-events.ts'
import type { ReuseOrder } from './scheduler-options.ts'

/** A sandbox that could take the invocation. */
export interface Candidate {
  readonly id: SandboxId
}

/** A candidate whose runtime was ended by a reset: taking it means initialising it again. */
export interface HaltedCandidate extends Candidate {
  readonly lostTo: 'timeout' | 'crash'
}

export interface PlacementSnapshot<Sandbox extends HaltedCandidate> {
  /** The caller wants a cold start. */
  readonly forceCold: boolean
  /** Idle sandboxes of the version, least recently used first. */
  readonly idle: readonly Sandbox[]
  /** Its sandboxes that wait for a new runtime, oldest first. */
  readonly halted: readonly Sandbox[]
  /** How many it has that will serve further invocations, busy ones too. */
  readonly sandboxCount: number
  readonly reuse: ReuseOrder
}

/** In this sandbox, or (with `undefined`) in a new one. */
export interface Placement<Sandbox extends Candidate> {
  readonly sandbox: Sandbox | undefined
  readonly why: AssignReason
}

/**
 * Which sandbox takes an admitted invocation. An idle one, by default the most recently used, so that
 * surplus ones age out; else one that lost its runtime; else a new one. It never waits for a busy one:
 * Lambda starts another (AWS Lambda Developer Guide, "Understanding Lambda function scaling"). The
 * order of reuse is not documented by AWS; most recently used fits the measured decay after a burst.
 *
 * AWS calls choosing a warm environment "assignment" and finding room for a new one "placement";
 * here both are one decision.
 */
export function place<Sandbox extends HaltedCandidate>(
  snapshot: PlacementSnapshot<Sandbox>,
): Placement<Sandbox> {
  const { forceCold, idle, halted, reuse } = snapshot
  if (forceCold) return { sandbox: undefined, why: 'forced' }
  if (idle.length > 0) return { sandbox: pick(idle, reuse), why: 'reused' }
  const lost = halted.at(-1)
  if (lost !== undefined) {
    return { sandbox: lost, why: `reset after ${lost.lostTo}` }
  }
  return { sandbox: undefined, why: snapshot.sandboxCount === 0 ? 'no sandbox' : 'all busy' }
}

/** One of several idle sandboxes, of which there is at least one. */
export const pick = <Sandbox extends Candidate>(
  idle: readonly Sandbox[],
  reuse: ReuseOrder,
): Sandbox => idle[reuse === 'most-recent' ? idle.length - 1 : 0] as Sandbox
