import type { Clock, TimerHandle } from '../kernel/clock.ts'
import { invariant } from '../kernel/invariant.ts'

interface Timer {
  readonly atUs: number
  readonly sequence: number
  readonly callback: () => void
}

/**
 * A clock that moves only when told to. Timers fire in the order of their deadline and, where that
 * is equal, in the order in which they were set; `nowUs()` is the deadline while a timer fires, and
 * a timer that a timer sets within the same stretch fires in its turn.
 */
export class VirtualClock implements Clock {
  #nowUs = 0
  #sequence = 0
  readonly #timers = new Set<Timer>()
  readonly #epochMs: number

  /** @param epochMs what `wallMs()` says at time zero. */
  constructor(epochMs = 0) {
    this.#epochMs = epochMs
  }

  nowUs(): number {
    return this.#nowUs
  }

  wallMs(): number {
    return this.#epochMs + this.#nowUs / 1_000
  }

  setTimer(atUs: number, callback: () => void): TimerHandle {
    const timer = { atUs: Math.max(atUs, this.#nowUs), sequence: this.#sequence, callback }
    this.#sequence += 1
    this.#timers.add(timer)
    return { cancel: () => this.#timers.delete(timer) }
  }

  /** Moves time to `atUs`, firing what is due on the way. Time does not run backwards. */
  advanceTo(atUs: number): void {
    invariant(atUs >= this.#nowUs, `time from ${this.#nowUs} back to ${atUs} µs`)
    for (
      let due = this.#earliest();
      due !== undefined && due.atUs <= atUs;
      due = this.#earliest()
    ) {
      this.#nowUs = due.atUs
      this.#timers.delete(due)
      due.callback()
    }
    this.#nowUs = atUs
  }

  /** When the next timer is due; `undefined` when none is set. */
  get nextUs(): number | undefined {
    return this.#earliest()?.atUs
  }

  /** Timers that have not fired and were not cancelled. */
  get pendingTimers(): number {
    return this.#timers.size
  }

  #earliest(): Timer | undefined {
    let earliest: Timer | undefined
    for (const timer of this.#timers) {
      if (earliest === undefined || isBefore(timer, earliest)) earliest = timer
    }
    return earliest
  }
}

const isBefore = (a: Timer, b: Timer): boolean =>
  a.atUs < b.atUs || (a.atUs === b.atUs && a.sequence < b.sequence)
