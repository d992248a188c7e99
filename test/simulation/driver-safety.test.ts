import { describe, expect, it } from 'vitest'
import { DriverWorld } from './driver-world.ts'

const SEEDS = Number(process.env.SANDLOT_SEEDS ?? 100)
const STEPS = 120

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

/** A failing seed is the bug report. */
async function live(seed: number): Promise<DriverWorld> {
  const world = new DriverWorld(seed)
  try {
    for (let step = 0; step < STEPS; step += 1) await world.step()
    await world.close()
    expect(world.open).toEqual({ invocations: 0, sandboxes: 0 })
    expect(world.scheduler.inFlight()).toBe(0)
    expect([...world.scheduler.sandboxes()]).toEqual([])
    expect(world.population.runtimes).toBe(0)
    expect(world.clock.pendingTimers).toBe(0)
  } catch (error) {
    const story = world.trace.slice(-60).join('\n')
    throw new Error(`seed ${seed}: ${(error as Error).message}\n${story}`, { cause: error })
  }
  return world
}
