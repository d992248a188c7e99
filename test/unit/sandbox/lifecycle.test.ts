import { describe, expect, it } from 'vitest'
import { isSandlotError } from '../../../runtime/kernel/errors.ts'
import type { SandboxId } from '../../../runtime/kernel/ids.ts'
import {
  SANDBOX_EVENTS,
  SANDBOX_STATES,
  type SandboxLifeEvent,
  type SandboxState,
  TRANSITIONS,
  transition,
} from '../../../runtime/sandbox/lifecycle.ts'

const id = 'a1' as SandboxId

/** The drawing in `lifecycle.ts`, arrow by arrow; written out so that the table cannot check itself. */
const ARROWS = [
  ['starting', 'spawned', 'initializing'],
  ['starting', 'stop', 'stopping'],
  ['starting', 'exited', 'dead'],
  ['initializing', 'initDone', 'ready'],
  ['initializing', 'reset', 'resetting'],
  ['initializing', 'stop', 'stopping'],
  ['initializing', 'exited', 'dead'],
  ['ready', 'dispatched', 'invoking'],
  ['ready', 'freeze', 'freezing'],
  ['ready', 'reset', 'resetting'],
  ['ready', 'stop', 'stopping'],
  ['ready', 'exited', 'dead'],
  ['invoking', 'responded', 'ready'],
  ['invoking', 'reset', 'resetting'],
  ['invoking', 'stop', 'stopping'],
  ['invoking', 'exited', 'dead'],
  ['freezing', 'froze', 'frozen'],
  ['freezing', 'reset', 'resetting'],
  ['freezing', 'stop', 'stopping'],
  ['freezing', 'exited', 'dead'],
  ['frozen', 'thaw', 'thawing'],
  ['frozen', 'reset', 'resetting'],
  ['frozen', 'stop', 'stopping'],
  ['frozen', 'exited', 'dead'],
  ['thawing', 'thawed', 'ready'],
  ['thawing', 'reset', 'resetting'],
  ['thawing', 'stop', 'stopping'],
  ['thawing', 'exited', 'dead'],
  ['resetting', 'restart', 'initializing'],
  ['resetting', 'stop', 'stopping'],
  ['resetting', 'exited', 'dead'],
  ['stopping', 'exited', 'dead'],
] as const satisfies readonly (readonly [SandboxState, SandboxLifeEvent, SandboxState])[]

const PAIRS = SANDBOX_STATES.flatMap((state) =>
  SANDBOX_EVENTS.map((event) => [state, event] as const),
)

const arrowOf = (state: SandboxState, event: SandboxLifeEvent): SandboxState | undefined =>
  ARROWS.find(([from, on]) => from === state && on === event)?.[2]

const LEGAL = PAIRS.filter(([state, event]) => arrowOf(state, event) !== undefined)
const ILLEGAL = PAIRS.filter(([state, event]) => arrowOf(state, event) === undefined)

describe('the life of a sandbox', () => {
  it('is tested for every pair of a state and an event', () => {
    expect(PAIRS).toHaveLength(10 * 12)
    expect(LEGAL).toHaveLength(ARROWS.length)
    expect(LEGAL.length + ILLEGAL.length).toBe(SANDBOX_STATES.length * SANDBOX_EVENTS.length)
  })

  it.each(ARROWS)('goes from %s by %s to %s', (from, event, to) => {
    expect(transition(id, from, event)).toBe(to)
  })

  it.each(ILLEGAL)('does not know, while %s, the event %s', (state, event) => {
    let thrown: unknown
    try {
      transition(id, state, event)
    } catch (error) {
      thrown = error
    }
    expect(isSandlotError(thrown) && thrown.code).toBe('InvalidTransition')
    expect((thrown as Error).message).toBe(`Sandbox a1: '${event}' while ${state}`)
  })

  it('ends in death, from every state and for good', () => {
    for (const state of SANDBOX_STATES) {
      const next = Object.values<SandboxState>(TRANSITIONS[state])
      if (state === 'dead') expect(next).toEqual([])
      else expect(next).toContain('dead')
    }
  })

  it('reaches every state from its first', () => {
    const reached = new Set<SandboxState>(['starting'])
    for (const state of reached) {
      for (const next of Object.values<SandboxState>(TRANSITIONS[state])) reached.add(next)
    }
    expect([...reached].sort()).toEqual([...SANDBOX_STATES].sort())
  })
})
