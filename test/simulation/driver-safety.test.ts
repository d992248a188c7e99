import { randomInt } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { live } from './driver-safety.ts'

const SEEDS = 60
const FRESH_SEEDS = 40

const asked = process.env.SANDLOT_SEED

if (asked !== undefined) {
  it(`the seed that was asked for, ${asked}, ends every invocation and leaves nothing`, async ({
    annotate,
  }) => {
    const { trace } = await live(Number(asked))
    await annotate(`ended so:\n${trace.slice(-60).join('\n')}`)
  })
} else {
  describe('scheduler, driver and guards on sandboxes that go wrong', ofAllSeeds)
}

function ofAllSeeds(): void {
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

  it(`the same over ${FRESH_SEEDS} fresh seeds`, async ({ annotate }) => {
    const first = randomInt(1_000, 2 ** 30)
    await annotate(`seeds ${first} to ${first + FRESH_SEEDS - 1}`)
    for (let seed = first; seed < first + FRESH_SEEDS; seed += 1) await live(seed)
  })

  it('do the same again for the same seed, to the letter', async () => {
    const [one, again, other] = [await live(7), await live(7), await live(8)]
    expect(one.trace.join('\n')).toBe(again.trace.join('\n'))
    expect(one.trace).not.toEqual(other.trace)
  })
}
