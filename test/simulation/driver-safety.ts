import { expect } from 'vitest'
import { DriverWorld } from './driver-world.ts'

const STEPS = 120

/** A failing seed is the bug report. */
export async function live(seed: number): Promise<DriverWorld> {
  const world = new DriverWorld(seed)
  try {
    for (let step = 0; step < STEPS; step += 1) await world.step()
    await world.close()
    expect(world.open).toEqual({ invocations: 0, sandboxes: 0, waiting: 0 })
    expect(world.scheduler.inFlight()).toBe(0)
    expect([...world.scheduler.sandboxes()]).toEqual([])
    expect(world.population.runtimes).toBe(0)
    expect(world.clock.pendingTimers).toBe(0)
  } catch (error) {
    const story = world.trace.slice(-60).join('\n')
    const replay = `SANDLOT_SEED=${seed} npm test -- test/simulation/driver-safety.test.ts`
    const message = `seed ${seed}: ${(error as Error).message}\n${story}\nreplay: ${replay}`
    throw new Error(message, { cause: error })
  }
  return world
}
