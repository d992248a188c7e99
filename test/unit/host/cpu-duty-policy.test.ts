import { describe, expect, it } from 'vitest'
import {
  type CpuBudget,
  decideDuty,
  fullBudget,
  PERIOD_US,
} from '../../../runtime/host/isolation/cpu-duty-policy.ts'
import { VirtualClock } from '../../../runtime/simulation/virtual-clock.ts'

interface Tree {
  readonly share: number
  readonly cpus?: number
  /** CPUs that it keeps busy at a time, when it is let. */
  readonly busyCpus: (atUs: number) => number
  /** The kernel's figures of what runs are this old at most. */
  readonly tickUs?: number
  /** How late timers fire. */
  readonly latenessUs?: number
}

const SECOND_US = 1_000_000
const STEP_US = 100

/** A process tree under the policy, in steps of a tenth of a millisecond. */
function run(tree: Tree, forUs: number) {
  const limit = { share: tree.share, cpus: tree.cpus ?? 2 }
  const tickUs = tree.tickUs ?? 4_000
  const clock = new VirtualClock()
  let budget: CpuBudget = fullBudget(0, limit)
  let spentUs = 0
  let shownUs = 0
  let knownUs = 0
  const stops: { atUs: number; untilUs: number }[] = []
  let looks = 0
  const step = (): void => {
    const nowUs = clock.nowUs()
    if (!budget.isStopped) spentUs += tree.busyCpus(nowUs - STEP_US) * STEP_US
    const waits = budget.isStopped || tree.busyCpus(nowUs) === 0
    if (waits || nowUs % tickUs === 0) shownUs = spentUs
    clock.setTimer(nowUs + STEP_US, step)
  }
  const look = (): void => {
    const wasStopped = budget.isStopped
    budget = decideDuty(budget, { nowUs: clock.nowUs(), spentUs: shownUs - knownUs }, limit)
    knownUs = shownUs
    looks += 1
    if (budget.isStopped && !wasStopped) stops.push({ atUs: clock.nowUs(), untilUs: 0 })
    const last = stops.at(-1)
    if (budget.isStopped && last !== undefined) last.untilUs = budget.nextLookUs
    clock.setTimer(budget.nextLookUs + (tree.latenessUs ?? 0), look)
  }
  clock.setTimer(STEP_US, step)
  clock.setTimer(budget.nextLookUs, look)
  clock.advanceTo(forUs)
  return { spentUs, stops, looks, budget }
}

describe('the CPU time of a loop that never ends', () => {
  it.each([
    [0.072, 1],
    [0.25, 1],
    [0.5, 1],
    [0.9, 1],
    [0.25, 2],
    [0.5, 2],
    [1.5, 2],
  ])('is a share of %d when it keeps %d CPUs busy', (share, busyCpus) => {
    const { spentUs } = run({ share, busyCpus: () => busyCpus }, 2 * SECOND_US)
    expect(spentUs / (2 * SECOND_US) / share).toBeGreaterThan(0.97)
    expect(spentUs / (2 * SECOND_US) / share).toBeLessThan(1.03)
  })

  it.each([1_000, 4_000, 10_000])(
    'is right also where the kernel counts every %d µs and timers are late',
    (tickUs) => {
      const { spentUs } = run(
        { share: 0.25, busyCpus: () => 1, tickUs, latenessUs: 900 },
        2 * SECOND_US,
      )
      expect(spentUs / (2 * SECOND_US) / 0.25).toBeCloseTo(1, 1)
    },
  )

  it('comes in bursts of a few milliseconds, not of seconds', () => {
    const { stops } = run({ share: 0.25, busyCpus: () => 1 }, SECOND_US)
    expect(stops.length).toBeGreaterThan(25)
    for (const { atUs, untilUs } of stops) expect(untilUs - atUs).toBeLessThan(2 * PERIOD_US)
  })

  it('is not limited by a share that it cannot use up', () => {
    expect(run({ share: 1.5, busyCpus: () => 1 }, SECOND_US).stops).toEqual([])
  })
})

describe('a tree that waits', () => {
  it('is never stopped while it spends less than its share', () => {
    // 1 ms of work every 10 ms, with a share that allows 2.5.
    const busyCpus = (atUs: number) => (atUs % 10_000 < 1_000 ? 1 : 0)
    expect(run({ share: 0.25, busyCpus }, 5 * SECOND_US).stops).toEqual([])
  })

  it('is looked at ever more rarely', () => {
    const { looks } = run({ share: 0.072, busyCpus: () => 0 }, SECOND_US)
    expect(looks).toBeLessThan(120)
  })

  it('has no more than a ration when it begins to run, however long it has waited', () => {
    const busyCpus = (atUs: number) => (atUs >= SECOND_US ? 1 : 0)
    const { spentUs, stops } = run({ share: 0.25, busyCpus }, 2 * SECOND_US)
    // One ration of 5 ms, a look that comes 10 ms after it, and a tick of 4 ms at most.
    expect(stops[0]?.atUs).toBeLessThan(SECOND_US + 19_000)
    expect(spentUs).toBeLessThan(0.25 * SECOND_US + 19_000)
  })
})

describe('what was spent beyond the ration', () => {
  const limit = { share: 0.5, cpus: 2 }
  const seen = (spentUs: number) =>
    decideDuty(fullBudget(0, limit), { nowUs: 15_000, spentUs }, limit)

  it('is nothing: it runs on', () => {
    expect(seen(9_999)).toMatchObject({ isStopped: false, leftUs: 1, nextLookUs: 16_000 })
  })

  it('is just nothing: it stands still to the end of the period', () => {
    expect(seen(10_000)).toMatchObject({ isStopped: true, leftUs: 0, nextLookUs: 20_000 })
  })

  it('is one ration and a half: it stands still for two periods, then has half a ration', () => {
    const stopped = seen(25_000)
    expect(stopped).toMatchObject({ isStopped: true, leftUs: -15_000, nextLookUs: 40_000 })
    const continued = decideDuty(stopped, { nowUs: 40_000, spentUs: 0 }, limit)
    expect(continued).toMatchObject({ isStopped: false, leftUs: 5_000, periodEndUs: 60_000 })
  })

  it('is spent while it stops: it stands still until that is made up for as well', () => {
    const again = decideDuty(seen(10_000), { nowUs: 20_000, spentUs: 10_500 }, limit)
    expect(again).toMatchObject({ isStopped: true, leftUs: -500, nextLookUs: 40_000 })
  })

  it('is forgiven beyond ten rations: a look that came seconds late is not the handler’s fault', () => {
    const nowUs = 3_000_000
    const late = decideDuty(
      fullBudget(0, { ...limit, share: 0.1 }),
      { nowUs, spentUs: nowUs },
      {
        ...limit,
        share: 0.1,
      },
    )
    expect(late.leftUs).toBe(-20_000)
    expect(late.nextLookUs - nowUs).toBeLessThanOrEqual(11 * PERIOD_US)
  })
})

describe('all threads of a tree', () => {
  const limit = { share: 0.5, cpus: 2 }

  it('are looked at every period while it runs, and when it was stopped', () => {
    const running = decideDuty(fullBudget(0, limit), { nowUs: 1_000, spentUs: 1_000 }, limit)
    expect(running.allDueUs).toBe(21_000)
    const stopped = decideDuty(running, { nowUs: 11_000, spentUs: 10_000 }, limit)
    expect(stopped.allDueUs).toBeLessThanOrEqual(stopped.nextLookUs)
  })

  it('are looked at every fourth period when it has been quiet for long', () => {
    let budget = fullBudget(0, limit)
    while (budget.nextLookUs < SECOND_US) {
      budget = decideDuty(budget, { nowUs: budget.nextLookUs, spentUs: 0 }, limit)
    }
    expect(budget.allDueUs - budget.lookedUs).toBeGreaterThan(3 * PERIOD_US)
    expect(budget.allDueUs - budget.lookedUs).toBeLessThanOrEqual(4 * PERIOD_US)
  })
})
