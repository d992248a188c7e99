import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { UsageError } from '../../../../cli/exit-codes.ts'
import { type Architecture, costOf, type Usage } from '../../../../cli/measure/cost/cost.ts'
import { costLines } from '../../../../cli/measure/cost/cost-lines.ts'
import { plannedUsage } from '../../../../cli/measure/cost/planned-usage.ts'
import { PRICED_REGIONS, pricesOf } from '../../../../cli/measure/cost/prices.ts'

/** 128 MB, a million requests of 200 ms. */
const TEXTBOOK: Usage = {
  region: 'us-east-1',
  architecture: 'x86_64',
  memorySizeMb: 128,
  ephemeralStorageMb: 512,
  requests: 1_000_000,
  billedMs: 200_000_000,
  freeTier: false,
  decimalGb: false,
}

const provisionedArbitrary = (billedMs: number) =>
  fc.record({
    instances: fc.integer({ min: 1, max: 1_000 }),
    seconds: fc.integer({ min: 1, max: 2_600_000 }),
    billedMs: fc.double({ min: 0, max: billedMs, noNaN: true }),
  })

/** Whatever may be used in us-east-1, where every price is known. */
const usageArbitrary: fc.Arbitrary<Usage> = fc
  .record({
    region: fc.constant('us-east-1'),
    architecture: fc.constantFrom<Architecture>('x86_64', 'arm64'),
    memorySizeMb: fc.integer({ min: 128, max: 10_240 }),
    ephemeralStorageMb: fc.integer({ min: 512, max: 10_240 }),
    requests: fc.nat({ max: 10_000_000_000 }),
    billedMs: fc.double({ min: 0, max: 1e14, noNaN: true }),
    freeTier: fc.boolean(),
    decimalGb: fc.boolean(),
  })
  .chain((usage) =>
    fc.oneof(
      fc.constant(usage),
      provisionedArbitrary(usage.billedMs).map((provisioned) => ({ ...usage, provisioned })),
    ),
  )

/** A million requests at 1,024 MB that take so many GB-seconds together. */
const ofGbSeconds = (gbSeconds: number, architecture: Architecture = 'x86_64'): Usage => ({
  ...TEXTBOOK,
  architecture,
  memorySizeMb: 1_024,
  billedMs: gbSeconds * 1_000,
})

const durationUsd = (usage: Usage): number => costOf(usage).durationUsd

describe('the cost of what was used', () => {
  it("is 25,000 GB-s with AWS's GB, and the textbook's 25,600 with decimal ones", () => {
    const cost = costOf(TEXTBOOK)
    expect(cost.gbSeconds).toBe(25_000)
    expect(cost.durationUsd).toBeCloseTo(0.4167, 4)
    expect(cost.requestsUsd).toBeCloseTo(0.2, 10)
    expect(cost.totalUsd).toBeCloseTo(0.6167, 4)
    const decimal = costOf({ ...TEXTBOOK, decimalGb: true })
    expect(decimal.gbSeconds).toBe(25_600)
    expect(decimal.durationUsd).toBeCloseTo(0.4267, 4)
    expect(decimal.totalUsd).toBeCloseTo(0.6267, 4)
  })

  it('counts the init of cold starts, each rounded up together with its duration', () => {
    const plan = { ...TEXTBOOK, durationMs: 199.2, initMs: 400.5, coldShare: 0.01 }
    const { billedMs } = plannedUsage({ ...plan, provisioned: undefined })
    expect(billedMs).toBe(990_000 * 200 + 10_000 * 600)
  })

  it('has parts that are not negative and add up to the total, and so do its lines', () => {
    fc.assert(
      fc.property(usageArbitrary, (usage) => {
        const cost = costOf(usage)
        const parts = [
          cost.requestsUsd,
          cost.durationUsd,
          cost.ephemeralStorageUsd,
          cost.provisionedUsd,
        ]
        expect(Math.min(...parts)).toBeGreaterThanOrEqual(0)
        expect(parts.reduce((sum, part) => sum + part, 0)).toBeCloseTo(cost.totalUsd, 6)
        const lines = costLines(usage).map(({ usd }) => usd)
        expect(lines.reduce((sum, usd) => sum + usd, 0)).toBeCloseTo(cost.totalUsd, 6)
      }),
    )
  })

  it('never falls when more of anything is used', () => {
    const more: ((usage: Usage) => Usage)[] = [
      (usage) => ({ ...usage, requests: usage.requests + 1 }),
      (usage) => ({ ...usage, billedMs: usage.billedMs * 1.01 + 1 }),
      (usage) => ({ ...usage, memorySizeMb: usage.memorySizeMb + 1 }),
      (usage) => ({ ...usage, ephemeralStorageMb: usage.ephemeralStorageMb + 1 }),
      (usage) => ({ ...usage, freeTier: false }),
    ]
    fc.assert(
      fc.property(usageArbitrary, fc.constantFrom(...more), (usage, raise) => {
        const [before, after] = [usage, raise(usage)].map((each) => costOf(each).totalUsd)
        // A hair of slack: sums of doubles.
        expect(after).toBeGreaterThanOrEqual((before as number) * (1 - 1e-12))
      }),
    )
  })

  it('is less on arm64 wherever anything ran on demand', () => {
    fc.assert(
      fc.property(usageArbitrary, fc.constantFrom(...PRICED_REGIONS), (usage, region) => {
        const { provisioned: _, ...onDemand } = usage
        const within = { ...onDemand, region, billedMs: Math.min(usage.billedMs, 1e11) + 1 }
        const [x86, arm] = (['x86_64', 'arm64'] as const).map((architecture) =>
          durationUsd({ ...within, freeTier: false, architecture }),
        )
        expect(arm).toBeLessThan(x86 as number)
      }),
    )
  })
})

describe('the free tier', () => {
  it('takes off a million requests and 400,000 GB-s, and not one more', () => {
    const free = { freeTier: true, requests: 1_000_000 }
    expect(costOf({ ...ofGbSeconds(400_000), ...free }).totalUsd).toBe(0)
    expect(costOf({ ...ofGbSeconds(400_000), ...free, requests: 1_000_001 }).totalUsd).toBe(2e-7)
    const beyond = costOf({ ...ofGbSeconds(400_001), ...free })
    expect(beyond.totalUsd).toBeCloseTo(0.000_016_666_7, 12)
    expect(beyond).toMatchObject({ freeTier: true, gbSeconds: 400_001, requestsUsd: 0 })
  })

  it('never saves more than what it is worth', () => {
    fc.assert(
      fc.property(usageArbitrary, (usage) => {
        const [paid, free] = [false, true].map((freeTier) => costOf({ ...usage, freeTier }))
        const saved = (paid?.totalUsd ?? 0) - (free?.totalUsd ?? 0)
        const most = 1_000_000 * 2e-7 + 400_000 * 0.000_016_666_7
        expect(saved).toBeLessThanOrEqual(most + 1e-6 * (paid?.totalUsd ?? 0))
      }),
    )
  })

  it('does not count for a function with provisioned concurrency', () => {
    const provisioned = { instances: 1, seconds: 300, billedMs: 0 }
    const cost = costOf({ ...TEXTBOOK, freeTier: true, provisioned })
    expect(cost).toMatchObject({ freeTier: false, requestsUsd: costOf(TEXTBOOK).requestsUsd })
  })
})

describe('tiers by volume', () => {
  it.each([
    ['x86_64', 6e9, 0.000_016_666_7, 0.000_015],
    ['x86_64', 15e9, 0.000_015, 0.000_013_333_4],
    ['arm64', 7.5e9, 0.000_013_333_4, 0.000_012_000_1],
    ['arm64', 18.75e9, 0.000_012_000_1, 0.000_010_666_7],
  ] as const)('on %s change the price at %d GB-s', (architecture, end, before, after) => {
    const at = (gbSeconds: number) => durationUsd(ofGbSeconds(gbSeconds, architecture))
    expect((at(end) - at(end - 1_000)) / 1_000).toBeCloseTo(before, 8)
    expect((at(end + 1_000) - at(end)) / 1_000).toBeCloseTo(after, 8)
  })

  it('are lines of their own', () => {
    const lines = costLines(ofGbSeconds(16e9)).filter(({ part }) => part === 'duration')
    expect(lines.map(({ detail, quantity }) => [detail, quantity])).toEqual([
      [null, 6e9],
      ['over 6 billion', 9e9],
      ['over 15 billion', 1e9],
    ])
  })

  it('are refused where their prices are not known', () => {
    const there = { region: 'af-south-1' }
    expect(durationUsd({ ...ofGbSeconds(6e9), ...there })).toBeCloseTo(132_600, 0)
    expect(() => costOf({ ...ofGbSeconds(6e9 + 1), ...there })).toThrow(
      "The price of duration over 6 billion GB-s is not known for region 'af-south-1'",
    )
  })
})

describe('ephemeral storage', () => {
  it('is free up to 512 MB', () => {
    expect(costOf(TEXTBOOK).ephemeralStorageUsd).toBe(0)
    expect(costLines(TEXTBOOK).map(({ part }) => part)).toEqual(['requests', 'duration'])
    const { ephemeralStorageUsd } = costOf({ ...TEXTBOOK, ephemeralStorageMb: 513 })
    expect(ephemeralStorageUsd).toBeCloseTo((200_000 / 1_024) * 0.000_000_030_9, 12)
  })
})

describe('provisioned concurrency', () => {
  const hour = { instances: 10, seconds: 3_600, billedMs: 0 }

  it('is paid for while it is there, and for what runs on it', () => {
    const idle = costOf({ ...TEXTBOOK, requests: 0, billedMs: 0, provisioned: hour })
    expect(idle.totalUsd).toBeCloseTo(4_500 * 0.000_004_166_7, 10)
    const busy = costOf({ ...TEXTBOOK, provisioned: { ...hour, billedMs: 200_000_000 } })
    expect(busy.durationUsd).toBe(0)
    expect(busy.provisionedUsd - idle.provisionedUsd).toBeCloseTo(25_000 * 0.000_009_722_2, 10)
    expect(busy.gbSeconds).toBe(25_000)
  })

  it('is paid for in steps of five minutes', () => {
    const usd = (seconds: number) =>
      costOf({ ...TEXTBOOK, provisioned: { ...hour, seconds } }).provisionedUsd
    expect(usd(1)).toBe(usd(300))
    expect(usd(301)).toBe(usd(600))
  })

  it('takes the work that it has time for; the rest runs on demand', () => {
    const plan = { ...TEXTBOOK, durationMs: 200, initMs: 0, coldShare: 0 }
    const usage = plannedUsage({ ...plan, provisioned: { instances: 10, hours: 1 } })
    expect(usage.provisioned).toEqual({ instances: 10, seconds: 3_600, billedMs: 36_000_000 })
    expect(costOf(usage).durationUsd).toBeCloseTo(20_500 * 0.000_016_666_7, 8)
  })

  it('on arm64 is refused where its price is not known', () => {
    const usage = { ...TEXTBOOK, architecture: 'arm64', provisioned: hour } as const
    expect(costOf(usage).provisionedUsd).toBeGreaterThan(0)
    expect(() => costOf({ ...usage, region: 'eu-west-1' })).toThrow(
      "The price of provisioned concurrency on arm64 is not known for region 'eu-west-1'",
    )
  })
})

describe('prices', () => {
  it('are there for the regions that are listed, and for no other', () => {
    expect(PRICED_REGIONS).toEqual(
      expect.arrayContaining(['us-east-1', 'eu-central-1', 'ap-northeast-1', 'sa-east-1']),
    )
    for (const region of [...PRICED_REGIONS, 'toString', 'us-east-9']) {
      if (PRICED_REGIONS.includes(region)) expect(pricesOf(region).request).toBeGreaterThan(0)
      else expect(() => pricesOf(region)).toThrow(UsageError)
    }
  })

  it('fall from tier to tier, and no region is cheaper than us-east-1', () => {
    const cheapest = pricesOf('us-east-1')
    for (const region of PRICED_REGIONS) {
      const { request, storage, duration, provisioned } = pricesOf(region)
      expect(request).toBeGreaterThanOrEqual(cheapest.request)
      expect(storage).toBeGreaterThanOrEqual(cheapest.storage)
      for (const tiers of [duration.x86_64, duration.arm64]) {
        const usds = tiers.map(({ usd }) => usd)
        expect(usds).toEqual([...usds].sort((a, b) => b - a))
      }
      const { x86_64 } = provisioned
      const { x86_64: least } = cheapest.provisioned
      expect(x86_64?.capacity).toBeGreaterThanOrEqual(least?.capacity ?? Number.NaN)
      expect(x86_64?.duration).toBeGreaterThanOrEqual(least?.duration ?? Number.NaN)
    }
  })
})
