import type { Clock, TimerHandle } from '../kernel/clock.ts'
import { mainThreadHasChildren, peakResidentBytes, residentFileBytes } from './process-tree.ts'

export interface FollowedTree {
  /** Of the main process. */
  readonly pid: number
  /** All of its processes now. */
  members(): readonly number[]
  /** Memory of all of them, without pages of files; `undefined` where the kernel does not add it up. */
  usedBytes(): number | undefined
}

/** How often the tree is looked at while an invocation runs, microseconds. */
const SAMPLE_US = 20_000

/**
 * Peak memory of a process tree over a sandbox's life, one that never falls. The kernel keeps the main
 * process's own peak, so that one needs no watching. Children may come and go: what all have together
 * is looked at now and then while an invocation runs, added up by the kernel where it does that.
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
   * Called at the end of every invocation, so it walks the tree only where the main thread has a child.
   */
  look(): number | undefined {
    if (this.#tree !== undefined) this.#keep(this.#tree, mainThreadHasChildren)
    return this.#peakBytes
  }

  /** Looks at the whole tree every now and then, until the returned function is called. */
  sampleTree(): () => void {
    let timer: TimerHandle | undefined
    const arm = (): void => {
      timer = this.#clock.setTimer(this.#clock.nowUs() + SAMPLE_US, () => {
        if (this.#tree !== undefined) this.#keep(this.#tree, () => true)
        arm()
      })
    }
    arm()
    return () => timer?.cancel()
  }

  #keep(tree: FollowedTree, mayHaveOthers: (pid: number) => boolean): void {
    const own = peakResidentBytes(tree.pid)
    if (own === undefined) return
    const used = tree.usedBytes()
    const bytes =
      used === undefined
        ? own + (mayHaveOthers(tree.pid) ? peakOfOthers(tree) : 0)
        : Math.max(own, used + residentFileBytes(tree.pid))
    if (bytes > (this.#peakBytes ?? 0)) this.#peakBytes = bytes
  }
}

const peakOfOthers = (tree: FollowedTree): number =>
  tree
    .members()
    .filter((member) => member !== tree.pid)
    .reduce((sum, member) => sum + (peakResidentBytes(member) ?? 0), 0)
