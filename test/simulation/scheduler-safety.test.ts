import { describe, expect, it } from 'vitest'
import { live } from './scheduler-safety.ts'

const SEEDS = 200

describe('whatever happens to the sandboxes', () => {
  it(`each invocation ends exactly once and nothing remains, over ${SEEDS} seeds`, () => {
    const endings = new Set<string>()
    for (let seed = 1; seed <= SEEDS; seed += 1) {
      const world = live(seed)
      for (const how of world.finished.values()) endings.add(how)
    }
    // The histories are worth something only if they reach every ending.
    expect([...endings].sort()).toEqual([
      'answered',
      'closing',
      'crash',
      'init failed',
      'lost',
      'throttled',
      'timeout',
    ])
  })

  it('the same seed gives the same history', () => {
    expect(live(7).trace).toEqual(live(7).trace)
    expect(live(7).trace).not.toEqual(live(8).trace)
  })
})
