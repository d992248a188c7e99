import type { PlatformEvent } from '../../../runtime/telemetry/platform-events.ts'

/** What the controller has counted, and what the sandboxes have. */
export interface Counts {
  /** Of the controller: reports, throttles by whatever reason, reports with an init. */
  readonly ran: number
  readonly throttled: number
  readonly cold: number
  readonly billedMs: number
  /** Invocations by the count of the runtimes themselves. */
  readonly served: number
}

/**
 * Adds up platform events. The sandboxes' part is the runtimes' own: each says with every answer how
 * many invocations it was handed so far, so its last word is all of them. One that died over an
 * invocation, or before it could take one, could not say so: that invocation counts by itself.
 */
export class ControllerCounts {
  #ran = 0
  #throttled = 0
  #cold = 0
  #billedMs = 0
  /** Of runtimes that are gone, and of those that could not answer. */
  #servedBefore = 0
  readonly #lastWord = new Map<string, number>()

  hear(event: PlatformEvent): void {
    switch (event.type) {
      case 'platform.throttle':
        this.#throttled += 1
        return
      case 'platform.report':
        this.#ran += 1
        this.#billedMs += event.report.billedDurationMs
        if (event.report.initDurationMs !== undefined) this.#cold += 1
        return
      // A new runtime, which counts from one again.
      case 'platform.initStart':
        this.#servedBefore += this.#lastWord.get(event.sandboxId) ?? 0
        this.#lastWord.delete(event.sandboxId)
        return
      case 'platform.runtimeDone':
        if (event.served === undefined) this.#servedBefore += 1
        else this.#lastWord.set(event.sandboxId, event.served)
        return
      default:
    }
  }

  counts(): Counts {
    const lastWords = [...this.#lastWord.values()].reduce((sum, served) => sum + served, 0)
    return {
      ran: this.#ran,
      throttled: this.#throttled,
      cold: this.#cold,
      billedMs: this.#billedMs,
      served: this.#servedBefore + lastWords,
    }
  }
}
