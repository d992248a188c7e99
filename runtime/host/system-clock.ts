import type { Clock, TimerHandle } from '../kernel/clock.ts'
import { US_PER_MS } from '../kernel/units.ts'

/** The longest delay that Node's timers take, milliseconds; beyond it they fire at once. */
const MAX_DELAY_MS = 2_147_483_647

/** The machine's clocks. The only place besides the bootstrap where real time is read. */
export const systemClock: Clock = {
  nowUs: () => Number(process.hrtime.bigint() / 1_000n),
  wallMs: () => Date.now(),
  setTimer: (atUs, callback) => new SystemTimer(atUs, callback),
}

/** Node's timers may fire up to a millisecond early by the monotonic clock; this one does not. */
class SystemTimer implements TimerHandle {
  readonly #atUs: number
  readonly #callback: () => void
  #timer: NodeJS.Timeout

  constructor(atUs: number, callback: () => void) {
    this.#atUs = atUs
    this.#callback = callback
    this.#timer = this.#arm()
  }

  cancel(): void {
    clearTimeout(this.#timer)
  }

  #arm(): NodeJS.Timeout {
    const leftMs = Math.ceil((this.#atUs - systemClock.nowUs()) / US_PER_MS)
    return setTimeout(() => this.#fire(), Math.min(Math.max(leftMs, 0), MAX_DELAY_MS))
  }

  #fire(): void {
    if (systemClock.nowUs() < this.#atUs) this.#timer = this.#arm()
    else this.#callback()
  }
}
