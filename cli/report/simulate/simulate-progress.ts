import type { Advance } from '../../measure/simulate/simulate.ts'
import { counted } from '../counted.ts'
import { Progress } from '../progress.ts'

/** What is over sooner needs no progress. */
const QUIET_MS = 1_000
/** A line is read, not watched. */
const LEAST_GAP_MS = 200

/** How far a simulation has come, with its rate and the time that is left, once it takes a second. */
export class SimulateProgress {
  readonly #progress = new Progress()
  readonly #startedMs = performance.now()
  #shownMs = Number.NEGATIVE_INFINITY

  show(advance: Advance): void {
    const nowMs = performance.now()
    if (nowMs - this.#startedMs < QUIET_MS || nowMs - this.#shownMs < LEAST_GAP_MS) return
    this.#shownMs = nowMs
    const { policy, index, policies, share, arrived } = advance
    const perSecond = Math.round((1_000 * arrived) / (nowMs - this.#startedMs))
    const which = policies === 1 ? policy : `${policy} (${index + 1} of ${policies})`
    const percent = Math.round((100 * (index + share)) / policies)
    this.#progress.show(percent, 100, `%, ${which}, ${counted(perSecond, 'invocation')}/s`)
  }

  end(): void {
    this.#progress.end()
  }
}
