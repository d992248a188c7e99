import type { Clock, TimerHandle } from '../kernel/clock.ts'
import { mainThreadHasChildren, peakResidentBytes } from './process-tree.ts'

export interface FollowedTree {
  /** Of the main process. */
  readonly pid: number
  /** All of its processes now. */
  members(): readonly number[]
}

/** How often children are looked at while an invocation runs, microseconds. */
const SAMPLE_US = 50_000

/**
 * Peak memory of a process tree over a sandbox's life. The kernel keeps each process's own peak, so
 * the main process needs no watching; children may come and go, so they are looked at now and then
 * while an invocation runs. The sum of peaks is what is kept: one that never falls.
 */
export class PeakMemory {
  readonly #clock: Clock
  #tree: FollowedTree | undefined
  #peakBytes: number | undefined

  constructor(clock: Clock) {
    this.#clock = clock
  }

  follow(tree: FollowedTree): void {
    this.#tree = tree
  }

  /** The process has ended: what was seen of it stays. */
  forget(): void {
    this.#tree = undefined
  }

  /**
   * Reads the system once more; returns the peak so far in bytes, `undefined` if it never could.
   * Called at the end of every invocation, so it looks for children only where the main thread has one.
   */
  look(): number | undefined {
    if (this.#tree !== undefined) this.#keep(this.#tree, mainThreadHasChildren(this.#tree.pid))
    return this.#peakBytes
  }

  /** Looks at the whole tree every now and then, until the returned function is called. */
  sampleChildren(): () => void {
    let timer: TimerHandle | undefined
    const arm = (): void => {
      timer = this.#clock.setTimer(this.#clock.nowUs() + SAMPLE_US, () => {
        if (this.#tree !== undefined) this.#keep(this.#tree, true)
        arm()
      })
    }
    arm()
    return () => timer?.cancel()
  }

  #keep(tree: FollowedTree, withOthers: boolean): void {
    const { pid } = tree
    let bytes = peakResidentBytes(pid)
    if (bytes === undefined) return
    if (withOthers) {
      for (const member of tree.members()) {
        if (member !== pid) bytes += peakResidentBytes(member) ?? 0
      }
    }
    if (bytes > (this.#peakBytes ?? 0)) this.#peakBytes = bytes
  }
}
