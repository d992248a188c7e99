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
  return {
    accountLimit: upTo(random, 8),
    memoryBudgetMb: chance(random, 0.3)
      ? Number.POSITIVE_INFINITY
      : (upTo(random, 10) + 1) * FOOTPRINT_MB + upTo(random, FOOTPRINT_MB),
    maxParallelStarts: upTo(random, 4),
    initTimeoutUs: 10_000,
    provisionedInitTimeoutUs: 30_000,
    freezeDelayUs: 500,
    keepAlive: drawnKeepAlive(random),
    reuse: chance(random, 0.7) ? 'most-recent' : 'least-recent',
    recycling: drawnRecycling(random),
    rates: drawnRates(random),
    random: seededRandom(seed + 2),
    newSandboxId: (): SandboxId => newSandboxId(ofSandboxes),
  }
}

export const upTo = (random: Random, most: number): number => 1 + Math.floor(random.next() * most)

export const chance = (random: Random, probability: number): boolean => random.next() < probability

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

function drawnRecycling(random: Random): Recycling {
  if (chance(random, 0.5)) return NO_RECYCLING
  const leastAgeUs = 5_000 * upTo(random, 6)
  return {
    leastAgeUs,
    mostAgeUs: leastAgeUs + 20_000,
    afterInvocations: chance(random, 0.5) ? Number.POSITIVE_INFINITY : upTo(random, 10),
  }
}

function drawnRates(random: Random): RateLimits {
  if (chance(random, 0.4)) return NO_RATES
  const maybe = (value: number) => (chance(random, 0.4) ? Number.POSITIVE_INFINITY : value)
  return {
    environmentsPer10s: maybe(4 + upTo(random, 30)),
    requestsPerConcurrency: maybe(2 + upTo(random, 10)),
    callerRequestsPerSecond: maybe(20 + upTo(random, 100)),
    allocationsPerSecond: maybe(100 * upTo(random, 3)),
  }
}
