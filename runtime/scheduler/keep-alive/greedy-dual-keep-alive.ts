import { worthOf } from './greedy-dual-policy.ts'
import type { IdleUse, KeepAlive, Keeping } from './keep-alive.ts'

const UNTIL_MEMORY_IS_SHORT: Keeping = Object.freeze({ keepUs: Number.POSITIVE_INFINITY })

/** Sandboxes are kept for as long as memory lasts; then the one of least worth goes. */
export class GreedyDualKeepAlive implements KeepAlive {
  #clock = 0

  arrived(): void {
    // Each sandbox knows its own uses.
  }

  idle(): Keeping {
    return UNTIL_MEMORY_IS_SHORT
  }

  worth({ invocations, coldStartUs, footprintMb }: IdleUse): number {
    return worthOf({ clock: this.#clock, uses: invocations, coldStartUs, footprintMb })
  }

  evicted(worth: number): void {
    this.#clock = Math.max(this.#clock, worth)
  }
}
