import { SandlotError } from '../kernel/errors.ts'
import type { SandboxId } from '../kernel/ids.ts'

/**
 * The life of a sandbox. `restart` covers what AWS calls suppressed init: after a reset the
 * sandbox keeps its id and /tmp, and a new runtime is initialised inside the next invocation.
 *
 *            spawned               initDone         dispatched
 *   starting ───────► initializing ────────► ready ────────────► invoking
 *                          ▲                 ▲ │ ▲   responded      │
 *                          │                 │ │ └──────────────────┘
 *                   restart│           thawed│ │freeze
 *                          │                 │ ▼
 *                      resetting             │ freezing ──► frozen
 *                          ▲                 │        froze   │thaw
 *                          │                 └── thawing ◄────┘
 *                          │reset
 *            from each of the states above but starting
 *
 *   from every state:  stop ─► stopping ─ exited ─► dead;   exited ─► dead
 *   (a runtime that ends by itself while initializing or invoking is a reset, not a death)
 */
export const SANDBOX_STATES = [
  'starting',
  'initializing',
  'ready',
  'invoking',
  'freezing',
  'frozen',
  'thawing',
  'resetting',
  'stopping',
  'dead',
] as const

export type SandboxState = (typeof SANDBOX_STATES)[number]

export const SANDBOX_EVENTS = [
  'spawned',
  'initDone',
  'dispatched',
  'responded',
  'freeze',
  'froze',
  'thaw',
  'thawed',
  'reset',
  'restart',
  'stop',
  'exited',
] as const

export type SandboxLifeEvent = (typeof SANDBOX_EVENTS)[number]

export const TRANSITIONS = {
  starting: { spawned: 'initializing', stop: 'stopping', exited: 'dead' },
  initializing: { initDone: 'ready', reset: 'resetting', stop: 'stopping', exited: 'dead' },
  ready: {
    dispatched: 'invoking',
    freeze: 'freezing',
    reset: 'resetting',
    stop: 'stopping',
    exited: 'dead',
  },
  invoking: { responded: 'ready', reset: 'resetting', stop: 'stopping', exited: 'dead' },
  freezing: { froze: 'frozen', reset: 'resetting', stop: 'stopping', exited: 'dead' },
  frozen: { thaw: 'thawing', reset: 'resetting', stop: 'stopping', exited: 'dead' },
  thawing: { thawed: 'ready', reset: 'resetting', stop: 'stopping', exited: 'dead' },
  resetting: { restart: 'initializing', stop: 'stopping', exited: 'dead' },
  stopping: { exited: 'dead' },
  dead: {},
} as const satisfies Record<SandboxState, Partial<Record<SandboxLifeEvent, SandboxState>>>

/**
 * The state that follows.
 *
 * @throws SandlotError `InvalidTransition` for a pair that the table does not have.
 */
export function transition(
  id: SandboxId,
  from: SandboxState,
  event: SandboxLifeEvent,
): SandboxState {
  const row: Partial<Record<SandboxLifeEvent, SandboxState>> = TRANSITIONS[from]
  const to = row[event]
  if (to === undefined) {
    throw new SandlotError('InvalidTransition', `Sandbox ${id}: '${event}' while ${from}`)
  }
  return to
}
