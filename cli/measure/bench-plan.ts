import type { FunctionInput } from '../../runtime/functions/function-config.ts'
import type { Random } from '../../runtime/kernel/random.ts'

/** One thing to be measured: a function in one kind of sandbox. */
export interface Variant {
  /** As the user named it. */
  readonly target: string
  readonly isolation: 'process' | 'thread'
  readonly input: FunctionInput
}

/** One visit to a variant: a forced cold start, then calls of that same sandbox. */
export interface Visit {
  readonly variant: Variant
  readonly warmCalls: number
}

export interface PlanSettings {
  readonly cold: number
  readonly warm: number
}

/** Calls after a cold start that are not counted as warm: the code is still being compiled. */
export const WARM_UP_CALLS = 10

/**
 * The order of measuring: rounds in which each variant has one visit, shuffled anew in every round,
 * so that a machine that slows down slows all of them. The warm calls are spread over the rounds.
 */
export function planVisits(
  variants: readonly Variant[],
  { cold, warm }: PlanSettings,
  random: Random,
): Visit[] {
  const visits: Visit[] = []
  for (let round = 0; round < cold; round += 1) {
    const warmCalls = share(warm, cold, round)
    for (const variant of shuffled(variants, random)) visits.push({ variant, warmCalls })
  }
  return visits
}

/** Part `index` of `total` split into `parts` whole numbers that differ by one at most. */
function share(total: number, parts: number, index: number): number {
  return Math.floor(((index + 1) * total) / parts) - Math.floor((index * total) / parts)
}

function shuffled<Item>(items: readonly Item[], random: Random): Item[] {
  const result = [...items]
  for (let last = result.length - 1; last > 0; last -= 1) {
    const other = Math.floor(random.next() * (last + 1))
    ;[result[last], result[other]] = [result[other] as Item, result[last] as Item]
  }
  return result
}
