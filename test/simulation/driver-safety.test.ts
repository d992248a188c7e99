import { describe, expect, it } from 'vitest'
import { live } from './driver-safety.ts'

const SEEDS = 100

describe('scheduler, driver and guards on sandboxes that go wrong', () => {
  it(`end every invocation, and leave nothing, over ${SEEDS} seeds`, async () => {
    const endings = new Set<string>()
    for (let seed = 1; seed <= SEEDS; seed += 1) {
      const world = await live(seed)
      for (const ending of world.endings) endings.add(ending)
    }
    // The histories are worth something only if they reach every ending.
    expect([...endings].sort()).toEqual([
      'Closing',
      'SandboxUnavailable',
      'TooManyRequests',
      'crash',
      'error',
      'success',
      'timeout',
    ])
  })

  it('do the same again for the same seed, to the letter', async () => {
    const [one, again, other] = [await live(7), await live(7), await live(8)]
    expect(one.trace.join('\n')).toBe(again.trace.join('\n'))
    expect(one.trace).not.toEqual(other.trace)
  })
})
