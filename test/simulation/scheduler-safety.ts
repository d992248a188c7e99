import { expect } from 'vitest'
import { SchedulerWorld } from './scheduler-world.ts'

const STEPS = 300

/** A failing seed is the bug report. */
export function live(seed: number): SchedulerWorld {
  const world = new SchedulerWorld(seed)
  try {
    for (let step = 0; step < STEPS; step += 1) world.step()
    // Half of the histories end in the middle of whatever happens.
    if (seed % 2 === 0) expect(world.startsAtOnce()).toBe(world.mostStartsAtOnce)
    world.close()
    expect(world.finished.size).toBe(world.arrivedCount)
    expect(world.scheduler.inFlight()).toBe(0)
    expect([...world.scheduler.sandboxes()]).toEqual([])
    expect(world.liveSandboxes).toBe(0)
    expect(world.pendingTimers).toBe(0)
  } catch (error) {
    const story = world.trace.slice(-40).join('\n')
    throw new Error(`seed ${seed}: ${(error as Error).message}\n${story}`, { cause: error })
  }
  return world
}
