import type { SandboxId } from '../../runtime/kernel/ids.ts'
import { newSandboxId } from '../../runtime/kernel/ids.ts'
import { type Random, seededRandom } from '../../runtime/kernel/random.ts'
import type { KeepAliveOptions } from '../../runtime/scheduler/keep-alive/keep-alive.ts'
import {
  NO_RATES,
  NO_RECYCLING,
  type RateLimits,
  type Recycling,
  type SchedulerOptions,
} from '../../runtime/scheduler/scheduler-options.ts'

export const FOOTPRINT_MB = 16

/** The rules of one history: each limit is near enough to be reached, or not there at all. */
export function drawnRules(random: Random, seed: number): SchedulerOptions {
  const ofSandboxes = seededRandom(seed + 1)
  const rates = drawnRates(random)
  return {
    accountLimit: upTo(random, 8),
    memoryBudgetMb: drawnBudgetMb(random),
    maxParallelStarts: upTo(random, 4),
    initTimeoutUs: 10_000,
    provisionedInitTimeoutUs: chance(random, 0.5) ? 30_000 : 3_000,
    freezeDelayUs: 500,
    keepAlive: drawnKeepAlive(random),
    reuse: chance(random, 0.7) ? 'most-recent' : 'least-recent',
    recycling: drawnRecycling(random, rates),
    rates,
    random: seededRandom(seed + 2),
    newSandboxId: (): SandboxId => newSandboxId(ofSandboxes),
  }
}

export const upTo = (random: Random, most: number): number => 1 + Math.floor(random.next() * most)

export const chance = (random: Random, probability: number): boolean => random.next() < probability

/** None; or just enough for so many sandboxes, or a little more. */
function drawnBudgetMb(random: Random): number {
  if (chance(random, 0.3)) return Number.POSITIVE_INFINITY
  const restMb = chance(random, 0.5) ? 0 : upTo(random, FOOTPRINT_MB)
  return (upTo(random, 10) + 1) * FOOTPRINT_MB + restMb
}

function drawnKeepAlive(random: Random): KeepAliveOptions {
  switch (upTo(random, 6)) {
    case 1:
      return { kind: 'none' }
    case 2:
      return { kind: 'greedy-dual' }
    case 3:
      return { kind: 'hybrid' }
    case 4:
      return { kind: 'drawn', leastUs: 2_000, mostUs: 60_000 }
    default:
      return { kind: 'fixed', lifetimeUs: 50_000 }
  }
}

function drawnRecycling(random: Random, { allocationsPerSecond }: RateLimits): Recycling {
  if (chance(random, 0.5)) return NO_RECYCLING
  // Few are allocated in a second: a pool of shorter-lived ones would never be full.
  const unitUs = Number.isFinite(allocationsPerSecond) ? 5_000_000 : 5_000
  const leastAgeUs = unitUs * upTo(random, 6)
  return {
    leastAgeUs,
    mostAgeUs: leastAgeUs + 4 * unitUs,
    afterInvocations: chance(random, 0.5) ? Number.POSITIVE_INFINITY : upTo(random, 10),
  }
}

function drawnRates(random: Random): RateLimits {
  if (chance(random, 0.4)) return NO_RATES
  const maybe = (value: number) => (chance(random, 0.4) ? Number.POSITIVE_INFINITY : value)
  return {
    environmentsPer10s: maybe(2 + upTo(random, 12)),
    requestsPerConcurrency: maybe(2 + upTo(random, 10)),
    callerRequestsPerSecond: maybe(20 + upTo(random, 100)),
    allocationsPerSecond: maybe(upTo(random, 3)),
  }
}
