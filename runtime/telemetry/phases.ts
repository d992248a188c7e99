/**
 * Where the time of one invocation went. Phases are contiguous: each begins where the one before
 * it ended, the first at arrival, the last ends with delivery. A phase that did not happen (a warm
 * invocation spawns nothing) is not in the list.
 *
 * - queued       arrival → the sandbox was chosen and work on it began
 * - spawned      → the process or thread existed
 * - booted       → the bootstrap in it ran
 * - initialised  → the handler was loaded
 * - thawed       → a frozen sandbox was running again
 * - dispatched   → the event had arrived in the sandbox
 * - ran          → the handler's result was there, or the sandbox was ended
 * - delivered    → the result was with the caller
 */
export const PHASE_NAMES = [
  'queued',
  'spawned',
  'booted',
  'initialised',
  'thawed',
  'dispatched',
  'ran',
  'delivered',
] as const

/** See `PHASE_NAMES`. */
export type PhaseName = (typeof PHASE_NAMES)[number]

/** One stretch of an invocation's time. */
export interface Phase {
  readonly phase: PhaseName
  /** Microseconds since the invocation arrived. */
  readonly startUs: number
  readonly durationUs: number
}

/** The end of each phase that happened, monotonic microseconds. */
export type PhaseEnds = Partial<Record<PhaseName, number>>

/** Turns the ends into contiguous phases. Stamps from inside a sandbox may not run backwards. */
export function phasesFrom(arrivedUs: number, ends: PhaseEnds): Phase[] {
  const phases: Phase[] = []
  let previousUs = arrivedUs
  for (const phase of PHASE_NAMES) {
    const end = ends[phase]
    if (end === undefined) continue
    const endUs = Math.max(end, previousUs)
    phases.push({ phase, startUs: previousUs - arrivedUs, durationUs: endUs - previousUs })
    previousUs = endUs
  }
  return phases
}
