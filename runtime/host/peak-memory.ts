import type { Clock, TimerHandle } from '../kernel/clock.ts'
import { descendantsOf, peakResidentBytes } from './process-tree.ts'

/** How often children are looked at while an invocation runs, microseconds. */
const SAMPLE_US = 50_000

/**
 * Peak memory of a process tree over a sandbox's life. The kernel keeps each process's own peak, so
 * the main process needs no watching; children may come and go, so they are looked at now and then
 * while an invocation runs. The sum of peaks is what is kept: one that never falls.
 */
export class PeakMemory {
  readonly #clock: Clock
  #pid: number | undefined
  #peakBytes: number | undefined

  constructor(clock: Clock) {
    this.#clock = clock
  }

  follow(pid: number): void {
    this.#pid = pid
  }

  forget(): void {
    this.#pid = undefined
  }

  /** Reads the system once more; returns the peak so far in bytes, `undefined` if it never could. */
  look(): number | undefined {
    if (this.#pid !== undefined) this.#keep(this.#treeBytes(this.#pid))
    return this.#peakBytes
  }

  /** Looks at the tree every now and then, until the returned function is called. */
  sampleChildren(): () => void {
    let timer: TimerHandle | undefined
    const arm = (): void => {
      timer = this.#clock.setTimer(this.#clock.nowUs() + SAMPLE_US, () => {
        this.look()
        arm()
      })
    }
    arm()
    return () => timer?.cancel()
  }

  #treeBytes(pid: number): number | undefined {
    const own = peakResidentBytes(pid)
    if (own === undefined) return undefined
    return descendantsOf(pid).reduce((sum, child) => sum + (peakResidentBytes(child) ?? 0), own)
  }

  #keep(bytes: number | undefined): void {
    if (bytes !== undefined && bytes > (this.#peakBytes ?? 0)) this.#peakBytes = bytes
  }
}
