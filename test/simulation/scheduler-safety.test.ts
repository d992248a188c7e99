import { randomInt } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { EVERYTHING } from './reached.ts'
import { live } from './scheduler-safety.ts'

/** Always the same, and as many again that nobody has tried before. */
const KNOWN_SEEDS = 250
const FRESH_SEEDS = 300

const asked = process.env.SANDLOT_SEED

if (asked !== undefined) {
  it(`the seed that was asked for, ${asked}, ends every invocation and leaves nothing`, async ({
    annotate,
  }) => {
    await annotate(`ended so:\n${live(Number(asked)).world.trace.slice(-40).join('\n')}`)
  })
} else {
  describe('whatever happens to the sandboxes', ofAllSeeds)
}

function ofAllSeeds(): void {
  it(`each invocation ends exactly once and nothing remains, over ${KNOWN_SEEDS} seeds`, () => {
    const reached = new Set<string>()
    const policies = new Set<string>()
    for (let seed = 1; seed <= KNOWN_SEEDS; seed += 1) {
      const { world } = live(seed)
      for (const word of world.reached.words) reached.add(word)
      policies.add(world.rules.keepAlive.kind)
    }
    // The histories are worth something only if they reach all that there is.
    expect([...reached].sort()).toEqual([...EVERYTHING].sort())
    expect([...policies].sort()).toEqual(['drawn', 'fixed', 'greedy-dual', 'hybrid', 'none'])
  })

  it(`the same over ${FRESH_SEEDS} fresh seeds`, async ({ annotate }) => {
    const first = randomInt(1_000, 2 ** 30)
    await annotate(`seeds ${first} to ${first + FRESH_SEEDS - 1}`)
    for (let seed = first; seed < first + FRESH_SEEDS; seed += 1) live(seed)
  })

  it('the same seed gives the same history, another one another', () => {
    expect(live(7).hash).toBe(live(7).hash)
    expect(live(7).hash).not.toBe(live(8).hash)
  })
}
