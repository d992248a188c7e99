import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { GreedyDualKeepAlive } from '../../../runtime/scheduler/keep-alive/greedy-dual-keep-alive.ts'
import { worthOf } from '../../../runtime/scheduler/keep-alive/greedy-dual-policy.ts'
import { Scheduler } from '../../../runtime/scheduler/scheduler.ts'
import { schedulerOptions } from '../../support/scheduler-options.ts'
import { idleUse } from './idle-use.ts'
import { SchedulerTimeline } from './scheduler-timeline.ts'

describe('what an idle sandbox is worth under greedy-dual', () => {
  it.each([
    ['uses x cold start / memory', { clock: 0, uses: 6, coldStartUs: 1_000, footprintMb: 16 }, 375],
    ['above the clock', { clock: 50, uses: 6, coldStartUs: 1_000, footprintMb: 16 }, 425],
    ['no use: one', { clock: 0, uses: 0, coldStartUs: 1_000, footprintMb: 16 }, 62.5],
    ['cold start not known: 1 µs', { clock: 0, uses: 4, coldStartUs: 0, footprintMb: 16 }, 0.25],
    ['no memory: 1 MB', { clock: 0, uses: 4, coldStartUs: 1_000, footprintMb: 0 }, 4_000],
    ['less than 1 MB: 1 MB', { clock: 0, uses: 4, coldStartUs: 1_000, footprintMb: 0.5 }, 4_000],
    ['nothing known', { clock: 0, uses: 0, coldStartUs: 0, footprintMb: 0 }, 1],
  ])('%s', (_, use, worth) => {
    expect(worthOf(use)).toBe(worth)
  })

  const amounts = fc.record({
    clock: fc.nat(10_000),
    uses: fc.nat(10_000),
    coldStartUs: fc.nat(10_000_000),
    footprintMb: fc.nat(10_240),
  })

  it('never falls with uses or cold start, and never grows with memory', () => {
    fc.assert(
      fc.property(amounts, fc.nat(1_000), (use, more) => {
        const worth = worthOf(use)
        expect(worthOf({ ...use, uses: use.uses + more })).toBeGreaterThanOrEqual(worth)
        expect(worthOf({ ...use, coldStartUs: use.coldStartUs + more })).toBeGreaterThanOrEqual(
          worth,
        )
        expect(worthOf({ ...use, footprintMb: use.footprintMb + more })).toBeLessThanOrEqual(worth)
      }),
    )
  })

  it('is a number above the clock, whatever is known of it', () => {
    fc.assert(
      fc.property(amounts, (use) => {
        expect(Number.isFinite(worthOf(use))).toBe(true)
        expect(worthOf(use)).toBeGreaterThan(use.clock)
      }),
    )
  })
})

describe('greedy-dual', () => {
  it('keeps for as long as memory lasts, and answers with one object', () => {
    const keepAlive = new GreedyDualKeepAlive()
    const keeping = keepAlive.idle()
    expect(keeping).toEqual({ keepUs: Number.POSITIVE_INFINITY })
    expect(keepAlive.idle()).toBe(keeping)
  })

  it('has a clock of the most that was evicted so far, from 0', () => {
    const use = idleUse({ invocations: 2, coldStartUs: 640, footprintMb: 128 })
    fc.assert(
      fc.property(fc.array(fc.nat(1_000_000), { maxLength: 20 }), (evicted) => {
        const keepAlive = new GreedyDualKeepAlive()
        for (const [count, worth] of evicted.entries()) {
          expect(keepAlive.worth(use)).toBe(10 + Math.max(0, ...evicted.slice(0, count)))
          keepAlive.evicted(worth)
        }
        expect(keepAlive.worth(use)).toBe(10 + Math.max(0, ...evicted))
      }),
    )
  })

  it('is not moved by idle times and arrivals, nor by when they are', () => {
    const keepAlive = new GreedyDualKeepAlive()
    const before = keepAlive.worth(idleUse({ nowUs: 0 }))
    keepAlive.arrived()
    keepAlive.idle()
    expect(keepAlive.worth(idleUse({ nowUs: 10 ** 12 }))).toBe(before)
  })

  it('lets one that was much used be overtaken, but only by as many evictions as it has uses', () => {
    const line = new SchedulerTimeline(
      new Scheduler(schedulerOptions({ memoryBudgetMb: 32, keepAlive: { kind: 'greedy-dual' } })),
    )
    const once = (functionKey: string, index: number): string[] => {
      line.deploy(functionKey, { timeoutUs: 1_000_000 })
      const told = line.at(index * 10_000).arrive('a', { functionKey })
      line.at(index * 10_000 + 1_000).started(`s${index + 1}`)
      line.responded(`s${index + 1}`, 'a')
      const evicted = told.filter((action) => action.endsWith('memory pressure'))
      for (const action of evicted) line.stopped(action.split(' ')[1] as string)
      return evicted
    }
    once('f', 0)
    for (let made = 1; made < 6; made += 1) {
      line.arrive('a')
      line.responded('s1', 'a')
    }
    // 6 x 1,000 µs / 16 MB = 375; the others, used once, 62.5 above the one before.
    const evicted = Array.from({ length: 8 }, (_, index) => once(`g${index}`, index + 1)).flat()
    const inOrder = ['s2', 's3', 's4', 's5', 's6', 's1', 's7']
    expect(evicted).toEqual(inOrder.map((sandbox) => `stop ${sandbox} memory pressure`))
  })
})
