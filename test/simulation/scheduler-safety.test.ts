import { describe, expect, it } from 'vitest'
import { SchedulerWorld } from './scheduler-world.ts'

const SEEDS = Number(process.env.SANDLOT_SEEDS ?? 200)
const STEPS = 300

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

/** A failing seed is the bug report. */
function live(seed: number): SchedulerWorld {
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
