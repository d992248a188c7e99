import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { seededRandom } from '../../../runtime/kernel/random.ts'
import { lifetimeUs } from '../../../runtime/scheduler/keep-alive/drawn-policy.ts'
import { worthOf } from '../../../runtime/scheduler/keep-alive/greedy-dual-policy.ts'
import {
  BIN_COUNT,
  BIN_US,
  isRepresentative,
  windowOf,
} from '../../../runtime/scheduler/keep-alive/hybrid-policy.ts'
import { IdleHistogram } from '../../../runtime/scheduler/keep-alive/idle-histogram.ts'
import type {
  IdleUse,
  KeepAlive,
  KeepAliveOptions,
} from '../../../runtime/scheduler/keep-alive/keep-alive.ts'
import { makeKeepAlive } from '../../../runtime/scheduler/keep-alive/make-keep-alive.ts'

const MINUTE = BIN_US
const HOUR = 60 * MINUTE

const policy = (options: KeepAliveOptions, seed = 1): KeepAlive =>
  makeKeepAlive(options, seededRandom(seed))

const use = (changes: Partial<IdleUse> = {}): IdleUse => ({
  versionKey: 'f:1',
  nowUs: 0,
  coldStartUs: 100_000,
  invocations: 1,
  footprintMb: 128,
  ...changes,
})

describe('fixed, none and drawn', () => {
  it('keep for the same time, for none, or for one drawn between two bounds by the seed', () => {
    expect(policy({ kind: 'fixed', lifetimeUs: 5 }).idle(use())).toEqual({ keepUs: 5 })
    expect(policy({ kind: 'none' }).idle(use())).toEqual({ keepUs: 0 })
    const bounds = fc
      .tuple(fc.integer({ min: 0, max: 10 ** 9 }), fc.integer({ min: 0, max: 10 ** 9 }))
      .map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const)
    fc.assert(
      fc.property(bounds, fc.nat(), ([leastUs, mostUs], seed) => {
        const drawn = (): number[] => {
          const keepAlive = policy({ kind: 'drawn', leastUs, mostUs }, seed)
          return Array.from({ length: 5 }, () => keepAlive.idle(use()).keepUs)
        }
        expect(drawn()).toEqual(drawn())
        for (const keepUs of drawn()) {
          expect(keepUs).toBeGreaterThanOrEqual(leastUs)
          expect(keepUs).toBeLessThanOrEqual(mostUs)
        }
      }),
    )
  })

  it('answer with one object where the time is the same for all', () => {
    const fixed = policy({ kind: 'fixed', lifetimeUs: 5 })
    expect(fixed.idle(use({ nowUs: 9 }))).toBe(fixed.idle(use()))
  })

  it('draw every whole microsecond from the least to the most as often', () => {
    const bounds = { leastUs: 10, mostUs: 13 }
    const draws = [0, 0.2499, 0.25, 0.5, 0.75, 1 - Number.EPSILON / 2]
    expect(draws.map((draw) => lifetimeUs(bounds, draw))).toEqual([10, 10, 11, 12, 13, 13])
  })

  it('let the one go first that is idle longest', () => {
    for (const kind of ['none', 'hybrid'] as const) {
      const { worth } = policy({ kind })
      expect(worth(use({ nowUs: 1 }))).toBeLessThan(worth(use({ nowUs: 2 })))
    }
  })
})

describe('greedy-dual', () => {
  it('keeps for as long as there is memory', () => {
    expect(policy({ kind: 'greedy-dual' }).idle(use()).keepUs).toBe(Number.POSITIVE_INFINITY)
  })

  it('is worth its uses times its cold start over its memory, above the clock', () => {
    const keepAlive = policy({ kind: 'greedy-dual' })
    expect(keepAlive.worth(use({ invocations: 3, coldStartUs: 200, footprintMb: 4 }))).toBe(150)
    keepAlive.evicted(1_000)
    keepAlive.evicted(400)
    expect(keepAlive.worth(use({ invocations: 3, coldStartUs: 200, footprintMb: 4 }))).toBe(1_150)
  })

  it('counts what is not known as one use, 1 µs and 1 MB', () => {
    const known = { clock: 0, uses: 4, coldStartUs: 1_000, footprintMb: 16 }
    expect(worthOf(known)).toBe(250)
    expect(worthOf({ ...known, uses: 0 })).toBe(62.5)
    expect(worthOf({ ...known, coldStartUs: 0 })).toBe(0.25)
    expect(worthOf({ ...known, footprintMb: 0 })).toBe(4_000)
  })

  it('grows with uses and cold start, falls with memory, and is a number whatever is not known', () => {
    const amount = fc.integer({ min: 0, max: 10_000 })
    fc.assert(
      fc.property(amount, amount, amount, amount, (clock, uses, coldStartUs, footprintMb) => {
        const of = { clock, uses, coldStartUs, footprintMb }
        const worth = worthOf(of)
        expect(Number.isFinite(worth)).toBe(true)
        expect(worth).toBeGreaterThan(clock)
        expect(worthOf({ ...of, uses: uses + 2 })).toBeGreaterThan(worth)
        expect(worthOf({ ...of, coldStartUs: coldStartUs + 2 })).toBeGreaterThan(worth)
        expect(worthOf({ ...of, footprintMb: footprintMb + 2 })).toBeLessThan(worth)
      }),
    )
  })
})

describe('the histogram of idle times', () => {
  const times = fc.array(fc.integer({ min: 0, max: 5 * HOUR }), { minLength: 1, maxLength: 200 })

  it('refuses a time that ends before it begins', () => {
    expect(() => new IdleHistogram().add(-1)).toThrow('an idle time ends before it begins')
  })

  it('is what one would count anew after each time', () => {
    fc.assert(
      fc.property(times, (idleUs) => {
        const histogram = new IdleHistogram()
        for (const each of idleUs) histogram.add(each)
        const bins = idleUs.map((each) => Math.floor(each / MINUTE)).sort((a, b) => a - b)
        const inRange = bins.filter((bin) => bin < BIN_COUNT)
        expect(histogram.inRange).toBe(inRange.length)
        expect(histogram.outOfRange).toBe(bins.length - inRange.length)
        const counts = new Map<number, number>()
        for (const bin of inRange) counts.set(bin, (counts.get(bin) ?? 0) + 1)
        const squares = [...counts.values()].reduce((sum, count) => sum + count * count, 0)
        expect(histogram.sumOfSquares).toBe(squares)
        if (inRange.length === 0) return
        const percentile = (percent: number): number =>
          inRange[Math.ceil((percent * inRange.length) / 100) - 1] as number
        expect(histogram.headBin).toBe(percentile(5))
        expect(histogram.tailBin).toBe(percentile(99))
      }),
    )
  })
})

describe('the hybrid policy', () => {
  const all = (inRange: number, sumOfSquares: number, outOfRange = 0) => ({
    inRange,
    sumOfSquares,
    outOfRange,
    headBin: 0,
    tailBin: 0,
  })

  it('goes by ten idle times, of which most are in range, and which differ from bin to bin', () => {
    expect(isRepresentative(all(9, 81))).toBe(false)
    expect(isRepresentative(all(10, 100))).toBe(true)
    expect(isRepresentative(all(10, 100, 9))).toBe(true)
    expect(isRepresentative(all(10, 100, 10))).toBe(false)
    // CV² = 240 Σc² / n² − 1 must be more than 4: with n = 48, Σc² more than 48.
    expect(isRepresentative(all(48, 48))).toBe(false)
    expect(isRepresentative(all(48, 49))).toBe(true)
  })

  it('has a sandbox there from 10 % before the head to 10 % after the tail', () => {
    expect(windowOf({ headBin: 10, tailBin: 19 })).toEqual({
      keepUs: 0,
      prewarm: { afterUs: 9 * MINUTE, keepUs: 22 * MINUTE - 9 * MINUTE },
    })
    expect(windowOf({ headBin: 1, tailBin: 1 })).toMatchObject({ keepUs: 0 })
    expect(windowOf({ headBin: 0, tailBin: 4 })).toEqual({ keepUs: 5.5 * MINUTE })
  })

  it('covers the 5th to the 99th percentile of what it has seen', () => {
    const gap = fc.integer({ min: 0, max: BIN_COUNT * MINUTE - 1 })
    fc.assert(
      fc.property(fc.array(gap, { minLength: 10, maxLength: 40 }), (gapsUs) => {
        const keepAlive = policy({ kind: 'hybrid' })
        let nowUs = 0
        keepAlive.arrived('f:1', nowUs, 0)
        for (const gapUs of gapsUs) {
          keepAlive.idle(use({ nowUs }))
          nowUs += gapUs
          keepAlive.arrived('f:1', nowUs, 0)
        }
        const { keepUs, prewarm } = keepAlive.idle(use({ nowUs }))
        const fromUs = prewarm?.afterUs ?? 0
        const untilUs = prewarm === undefined ? keepUs : prewarm.afterUs + prewarm.keepUs
        const sorted = [...gapsUs].sort((a, b) => a - b)
        expect(fromUs).toBeLessThanOrEqual(sorted[Math.ceil(0.05 * sorted.length) - 1] as number)
        expect(untilUs).toBeGreaterThan(sorted[Math.ceil(0.99 * sorted.length) - 1] as number)
      }),
    )
  })

  it('measures from the end of the last in flight, and goes on over a start ahead of demand', () => {
    const keepAlive = policy({ kind: 'hybrid' })
    let nowUs = 0
    for (let made = 0; made < 12; made += 1) {
      keepAlive.arrived('f:1', nowUs, 0)
      keepAlive.arrived('f:1', nowUs, 1)
      keepAlive.idle(use({ nowUs: nowUs + 1 * MINUTE }))
      keepAlive.idle(use({ nowUs: nowUs + 2 * MINUTE }))
      // One was started ahead of demand and is idle: nobody has invoked it.
      keepAlive.idle(use({ nowUs: nowUs + 20 * MINUTE }))
      nowUs += 32 * MINUTE
    }
    keepAlive.arrived('f:1', nowUs, 0)
    // Idle for 30 min each time: bin 30.
    expect(keepAlive.idle(use({ nowUs }))).toEqual(windowOf({ headBin: 30, tailBin: 30 }))
  })

  it('measures no time in which another was in flight, and trusts each arrival for the count', () => {
    const keepAlive = policy({ kind: 'hybrid' })
    let nowUs = 0
    for (let made = 0; made < 12; made += 1) {
      keepAlive.arrived('f:1', nowUs, 0)
      keepAlive.arrived('f:1', nowUs, 1)
      keepAlive.idle(use({ nowUs: nowUs + 1 * MINUTE }))
      // One is in flight still: the version was not idle for these 4 min.
      keepAlive.arrived('f:1', nowUs + 5 * MINUTE, 1)
      keepAlive.idle(use({ nowUs: nowUs + 6 * MINUTE }))
      // The other is lost with its sandbox. Then there is none in flight, whatever was counted.
      keepAlive.arrived('f:1', nowUs + 26 * MINUTE, 0)
      keepAlive.idle(use({ nowUs: nowUs + 26 * MINUTE }))
      keepAlive.idle(use({ nowUs: nowUs + 40 * MINUTE }))
      nowUs += 46 * MINUTE
    }
    keepAlive.arrived('f:1', nowUs, 0)
    // Idle for 20 min each time: bin 20.
    expect(keepAlive.idle(use({ nowUs }))).toEqual(windowOf({ headBin: 20, tailBin: 20 }))
  })

  it('forgets when an idle time began once it is over', () => {
    const keepAlive = policy({ kind: 'hybrid' })
    for (let made = 0; made < 12; made += 1) {
      const nowUs = made * 10 * MINUTE
      keepAlive.arrived('f:1', nowUs, 0)
      if (made === 0) keepAlive.idle(use({ nowUs }))
      // All others are lost with their sandboxes: nobody says when the version became idle.
    }
    expect(keepAlive.idle(use({ nowUs: 2 * HOUR }))).toEqual({ keepUs: 4 * HOUR })
  })

  it('answers with one object while the window stays the same', () => {
    const keepAlive = policy({ kind: 'hybrid' })
    const answers = Array.from({ length: 14 }, (_, made) => {
      keepAlive.arrived('f:1', made * 10 * MINUTE, 0)
      return keepAlive.idle(use({ nowUs: made * 10 * MINUTE }))
    })
    expect(answers[9]).toEqual({ keepUs: 4 * HOUR })
    expect(answers[10]).toEqual(windowOf({ headBin: 10, tailBin: 10 }))
    expect(answers[13]).toBe(answers[10])
  })

  it('keeps for four hours while it knows too little, and knows versions apart', () => {
    const keepAlive = policy({ kind: 'hybrid' })
    keepAlive.arrived('f:1', 0, 0)
    expect(keepAlive.idle(use())).toEqual({ keepUs: 4 * HOUR })
    for (let nowUs = 0; nowUs < 20 * 10 * MINUTE; nowUs += 10 * MINUTE) {
      keepAlive.arrived('g:1', nowUs, 0)
      keepAlive.idle(use({ versionKey: 'g:1', nowUs }))
    }
    expect(keepAlive.idle(use())).toEqual({ keepUs: 4 * HOUR })
    expect(keepAlive.idle(use({ versionKey: 'g:1' })).keepUs).toBe(0)
  })
})
