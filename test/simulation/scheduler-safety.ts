import { expect } from 'vitest'
import { hashOf } from './history-hash.ts'
import { SchedulerWorld } from './scheduler-world.ts'

const STEPS = 300

export interface History {
  readonly world: SchedulerWorld
  readonly hash: string
}

/** A failing seed is the bug report. */
export function live(seed: number): History {
  const world = new SchedulerWorld(seed)
  try {
    for (let step = 0; step < STEPS; step += 1) world.step()
    // Half of the histories end in the middle of whatever happens.
    if (seed % 2 === 0) {
      world.settle()
      expect(world.startsAtOnce()).toBe(world.mostStartsAtOnce)
    }
    world.close()
    expect(world.finished.size).toBe(world.arrivedCount)
    expect(world.scheduler.inFlight()).toBe(0)
    expect([...world.scheduler.sandboxes()]).toEqual([])
    expect(world.scheduler.memory().takenMb).toBe(0)
    expect(world.liveSandboxes).toBe(0)
    expect(world.pendingTimers).toBe(0)
  } catch (error) {
    const story = world.trace.slice(-40).join('\n')
    const replay = `SANDLOT_SEED=${seed} npm test -- test/simulation/scheduler-safety.test.ts`
    const message = `seed ${seed}: ${(error as Error).message}\n${story}\nreplay: ${replay}`
    throw new Error(message, { cause: error })
  }
  return { world, hash: hashOf(world.trace) }
}
