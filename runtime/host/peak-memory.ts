import type { Clock, TimerHandle } from '../kernel/clock.ts'
import { mainThreadHasChildren, residentMemory } from './process-tree.ts'

export interface FollowedTree {
  /** Of the main process. */
  readonly pid: number
  /** All of its processes now. */
  members(): readonly number[]
  /** Memory of all of them, without pages of files; `undefined` where the kernel does not add it up. */
  usedBytes(): number | undefined
}

/** How often the tree is looked at while an invocation runs, microseconds. */
const SAMPLE_US = 50_000

/** In less than this no child process comes to anything, microseconds. */
const BRIEF_US = 2_000

/** At the end of an invocation a look is good for this long, microseconds; of a brief one, for longer. */
const FRESH_US = 10_000
const FRESH_AFTER_BRIEF_US = 200_000

/**
 * Peak memory of a process tree over a sandbox's life, one that never falls. The kernel keeps the main
 * process's own peak, and the runtime tells it with each answer, so that one needs no watching.
 * Children may come and go: what all have together is looked at now and then while an invocation runs,
 * and at its end, added up by the kernel where it does that. To look takes as long as a whole brief
 * invocation, so of those that follow each other closely only some have a look of their own.
 */
export class PeakMemory {
  readonly #clock: Clock
  #tree: FollowedTree | undefined
  #peakBytes: number | undefined
  #lookedUs = Number.NEGATIVE_INFINITY
  /** Since when an invocation runs; `undefined` while none does. */
  #busySinceUs: number | undefined
  #timer: TimerHandle | undefined

  constructor(clock: Clock) {
    this.#clock = clock
  }

  follow(tree: FollowedTree): void {
    this.#tree = tree
  }

  /** The process has ended: what was seen of it stays. */
  forget(): void {
    this.#tree = undefined
    this.#timer?.cancel()
    this.#timer = undefined
  }

  /** What the kernel has kept of the main process, as that says itself. */
  told(bytes: number): void {
    this.#raise(bytes)
  }

  /** The peak so far in bytes, looked for anew unless that was done a moment ago; `undefined` if it never could. */
  soFar(): number | undefined {
    if (this.#isOlderThan(FRESH_AFTER_BRIEF_US)) this.look()
    return this.#peakBytes
  }

  /** Reads the system once more. It walks the tree only where the main thread has a child. */
  look(): void {
    if (this.#tree !== undefined) this.#keep(this.#tree, mainThreadHasChildren)
  }

  /** An invocation runs from now on: the whole tree is looked at every now and then. */
  busy(): void {
    this.#busySinceUs = this.#clock.nowUs()
    if (this.#timer === undefined) this.#arm()
  }

  /** @param ranUs what the invocation took inside: what it waited for us does not count. */
  idle(ranUs: number): void {
    this.#busySinceUs = undefined
    if (ranUs >= BRIEF_US && this.#isOlderThan(FRESH_US)) this.look()
  }

  /** Not cleared when an invocation ends, which would cost each one a timer. */
  #arm(): void {
    this.#timer = this.#clock.setTimer(this.#clock.nowUs() + SAMPLE_US, () => {
      this.#timer = undefined
      if (this.#tree === undefined || this.#busySinceUs === undefined) return
      const busyUs = this.#clock.nowUs() - this.#busySinceUs
      if (busyUs >= BRIEF_US) this.#keep(this.#tree, () => true)
      this.#arm()
    })
  }

  #isOlderThan(ageUs: number): boolean {
    return this.#clock.nowUs() - this.#lookedUs >= ageUs
  }

  #keep(tree: FollowedTree, mayHaveOthers: (pid: number) => boolean): void {
    this.#lookedUs = this.#clock.nowUs()
    const own = residentMemory(tree.pid)
    if (own === undefined) return
    const used = tree.usedBytes()
    this.#raise(
      used === undefined
        ? own.peakBytes + (mayHaveOthers(tree.pid) ? peakOfOthers(tree) : 0)
        : Math.max(own.peakBytes, used + own.fileBytes),
    )
  }

  #raise(bytes: number): void {
    if (bytes > (this.#peakBytes ?? 0)) this.#peakBytes = bytes
  }
}

const peakOfOthers = (tree: FollowedTree): number =>
  tree
    .members()
    .filter((member) => member !== tree.pid)
    .reduce((sum, member) => sum + (residentMemory(member)?.peakBytes ?? 0), 0)
