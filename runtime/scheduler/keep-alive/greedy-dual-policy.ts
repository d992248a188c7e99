/** What Greedy-Dual weighs. */
export interface GreedyDualUse {
  /** The worth of what was evicted last: what is used no more is overtaken by it in time. */
  readonly clock: number
  /** Invocations that the sandbox has served. */
  readonly uses: number
  readonly coldStartUs: number
  readonly footprintMb: number
}

/**
 * What an idle sandbox is worth, microseconds of cold start saved for each MB held, above the clock:
 * Fuerst and Sharma, "FaasCache: Keeping Serverless Computing Alive with Greedy-Dual Caching", ASPLOS
 * 2021.
 *
 * There each sandbox counts all uses of its function; here its own: the surplus ones that a burst leaves
 * behind are hardly used again, and would otherwise outlive the only sandbox of many another function.
 *
 * Where it is not known yet how long a cold start takes, how much memory it takes or that it is used at
 * all (it was started ahead of demand), the least that it can be counts: 1 µs, 1 MB, one use. With 0
 * the worth would say nothing of the other two, or be no number.
 */
export const worthOf = ({ clock, uses, coldStartUs, footprintMb }: GreedyDualUse): number =>
  clock + (Math.max(uses, 1) * Math.max(coldStartUs, 1)) / Math.max(footprintMb, 1)
