import type { Random } from '../../runtime/kernel/random.ts'
import type { Variant } from './variants.ts'

/** One visit to a variant: a forced cold start, then calls of that same sandbox. */
export interface Visit {
  readonly variant: Variant
  readonly warmCalls: number
  /** Not counted: the controller and the machine's caches are warming up. */
  readonly isWarmUp: boolean
}

export interface PlanSettings {
  /** Cold starts of each variant. */
  readonly cold: number
  /** Warm invocations of each variant that are counted, over all visits. */
  readonly warm: number
}

/** Calls after a cold start that are not counted as warm: the code is still being compiled. */
export const WARM_UP_CALLS = 10

/**
 * The order of measuring: rounds in which each variant has one visit, shuffled anew in every round,
 * so that a machine that slows down slows all of them. The warm calls are spread over the rounds. A
 * round before them, of cold starts alone, is not counted.
 */
export function planVisits(
  variants: readonly Variant[],
  { cold, warm }: PlanSettings,
  random: Random,
): Visit[] {
  const visits: Visit[] = shuffled(variants, random).map((variant) => {
    return { variant, warmCalls: 0, isWarmUp: true }
  })
  for (let round = 0; round < cold; round += 1) {
    const warmCalls = share(warm, cold, round)
    for (const variant of shuffled(variants, random)) {
      visits.push({ variant, warmCalls, isWarmUp: false })
    }
  }
  return visits
}

/** Part `index` of `total` split into `parts` whole numbers that differ by one at most. */
function share(total: number, parts: number, index: number): number {
  return Math.floor(((index + 1) * total) / parts) - Math.floor((index * total) / parts)
}

/** Fisher and Yates: every order is as likely as any other. */
function shuffled<Item>(items: readonly Item[], random: Random): Item[] {
  const result = [...items]
  for (let last = result.length - 1; last > 0; last -= 1) {
    const other = Math.floor(random.next() * (last + 1))
    ;[result[last], result[other]] = [result[other] as Item, result[last] as Item]
  }
  return result
}
