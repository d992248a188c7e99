import type { VersionKey } from '../scheduler-events.ts'
import { isRepresentative, STANDARD_KEEPING, windowOf } from './hybrid-policy.ts'
import { IdleHistogram } from './idle-histogram.ts'
import type { IdleUse, KeepAlive, Keeping } from './keep-alive.ts'
import { leastRecentlyUsed } from './least-recently-used.ts'

/**
 * Learns for each version how long it is idle between invocations, and has a sandbox there when the
 * next invocation is likely: the hybrid histogram policy of Shahrad et al., "Serverless in the Wild",
 * USENIX ATC 2020. What it has learnt outlives a version's sandboxes.
 *
 * One part of the paper is not there: where most idle times are longer than the histogram's 4 h, it
 * forecasts the next one with a time series model (ARIMA). Here the standard applies instead, as where
 * there is no pattern: kept for 4 h. That spares the idle times in range their cold starts, costs memory
 * a few times a day, since such a version is seldom invoked, and never claims to know more.
 */
export class HybridKeepAlive implements KeepAlive {
  readonly #versions = new Map<VersionKey, VersionIdleness>()

  readonly worth = leastRecentlyUsed.worth
  readonly evicted = leastRecentlyUsed.evicted

  arrived(versionKey: VersionKey, nowUs: number, inFlight: number): void {
    this.#version(versionKey).arrived(nowUs, inFlight)
  }

  idle({ versionKey, nowUs }: IdleUse): Keeping {
    return this.#version(versionKey).idle(nowUs)
  }

  #version(versionKey: VersionKey): VersionIdleness {
    const known = this.#versions.get(versionKey)
    if (known !== undefined) return known
    const version = new VersionIdleness()
    this.#versions.set(versionKey, version)
    return version
  }
}

/** An idle time begins when the last invocation in flight has ended, and ends with the next. */
class VersionIdleness {
  #histogram: IdleHistogram | undefined
  /** `undefined`: it is not idle, or nobody said since when. */
  #sinceUs: number | undefined
  /** Invocations in flight, as far as is known. */
  #running = 0
  /** What the histogram came to the last time, so that no object is made while it stays the same. */
  #keeping = STANDARD_KEEPING
  #headBin = -1
  #tailBin = -1

  arrived(nowUs: number, inFlight: number): void {
    if (inFlight === 0 && this.#sinceUs !== undefined) {
      this.#histogram ??= new IdleHistogram()
      this.#histogram.add(nowUs - this.#sinceUs)
    }
    this.#sinceUs = undefined
    // Not all end with an idle sandbox: some are lost with it. Each arrival puts the count right.
    this.#running = inFlight + 1
  }

  idle(nowUs: number): Keeping {
    // One that was started ahead of demand: the idle time goes on.
    if (this.#running > 0) {
      this.#running -= 1
      this.#sinceUs = nowUs
    }
    return this.#whatToDo()
  }

  #whatToDo(): Keeping {
    const histogram = this.#histogram
    if (histogram === undefined || !isRepresentative(histogram)) return STANDARD_KEEPING
    const { headBin, tailBin } = histogram
    if (headBin !== this.#headBin || tailBin !== this.#tailBin) {
      this.#headBin = headBin
      this.#tailBin = tailBin
      this.#keeping = windowOf({ headBin, tailBin })
    }
    return this.#keeping
  }
}
