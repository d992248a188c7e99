import { describe, expect, it } from 'vitest'
import { PeakMemory } from '../../../runtime/host/peak-memory.ts'
import { VirtualClock } from '../../../runtime/simulation/virtual-clock.ts'
import { skipUnless } from '../../support/skip-unless.ts'

const GB = 1_073_741_824
const MS = 1_000

/** The peak of a tree whose memory the test sets: it is this very process with children that are not there. */
function followed() {
  const clock = new VirtualClock(0)
  const memory = new PeakMemory(clock)
  let looks = 0
  let bytes = 0
  memory.follow({
    pid: process.pid,
    members: () => [process.pid],
    usedBytes: () => {
      looks += 1
      return bytes
    },
  })
  const use = (gigabytes: number): void => {
    bytes = gigabytes * GB
  }
  return { clock, memory, use, looks: () => looks }
}

describe('the peak memory of a process tree', () => {
  skipUnless(process.platform === 'linux', 'needs /proc')

  it('is the most that was told or seen, and never falls', () => {
    const { memory, use } = followed()
    use(2)
    memory.look()
    const seen = memory.soFar() ?? 0
    expect(seen).toBeGreaterThan(2 * GB)
    use(1)
    memory.look()
    memory.told(GB)
    expect(memory.soFar()).toBe(seen)
    memory.told(4 * GB)
    expect(memory.soFar()).toBe(4 * GB)
  })

  it('is looked for at the end of an invocation that was not brief, and not of one that was', () => {
    const { memory, looks } = followed()
    memory.busy()
    memory.idle(1_999)
    expect(looks()).toBe(0)
    memory.busy()
    memory.idle(2_000)
    expect(looks()).toBe(1)
    memory.forget()
  })

  it('is looked for every 50 ms while an invocation runs, and no more once it has ended', () => {
    const { clock, memory, looks } = followed()
    memory.busy()
    clock.advanceTo(150 * MS)
    expect(looks()).toBe(3)
    memory.idle(0)
    clock.advanceTo(400 * MS)
    expect(looks()).toBe(3)
    expect(clock.pendingTimers).toBe(0)
  })

  it('is looked for anew when nobody has looked for 200 ms', () => {
    const { clock, memory, use, looks } = followed()
    memory.soFar()
    clock.advanceTo(199 * MS)
    memory.soFar()
    expect(looks()).toBe(1)
    clock.advanceTo(200 * MS)
    use(3)
    expect(memory.soFar()).toBeGreaterThan(3 * GB)
  })

  it('sets no timer that outlives the process', () => {
    const { clock, memory } = followed()
    memory.busy()
    memory.forget()
    expect(clock.pendingTimers).toBe(0)
  })
})
