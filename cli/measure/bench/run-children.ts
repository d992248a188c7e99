import { availableParallelism } from 'node:os'
import type { NodeBinary } from '../node-binary.ts'
import { RunChild } from './run-child.ts'

/** Processes that load what they need at the same time. */
const MOST_STARTS = 4

/**
 * The processes of runs. Starting one takes longer than a short run, so several are started at once
 * while nothing is measured; then they sleep until their turn comes. The controller in each is only
 * made when it does.
 */
export class RunChildren {
  readonly #waiting: RunChild[] = []
  readonly #living = new Set<RunChild>()
  #isStopped = false

  /**
   * A process for a run on `node`, ready.
   *
   * @param next what the runs after this one need, in their order.
   */
  async take(node: NodeBinary, next: readonly NodeBinary[]): Promise<RunChild> {
    const known = this.#waiting.findIndex((child) => child.node.path === node.path)
    if (known >= 0) return this.#waiting.splice(known, 1)[0] as RunChild
    const child = this.#start(node)
    const startsBeside = Math.min(MOST_STARTS, availableParallelism()) - 1
    const beside = next.slice(0, startsBeside).map((each) => this.#start(each))
    this.#waiting.push(...beside)
    await Promise.all([child, ...beside].map((each) => each.ready()))
    return child
  }

  /** Every process ends in order: the one that is at work and those that wait. */
  stop(): void {
    this.#isStopped = true
    for (const child of this.#living) child.stop()
  }

  /** Ends those that are left, and waits until nothing is. */
  async end(): Promise<void> {
    this.stop()
    await Promise.all([...this.#living].map((child) => child.ended()))
  }

  #start(node: NodeBinary): RunChild {
    const child = new RunChild(node)
    this.#living.add(child)
    void child.ended().then(() => this.#living.delete(child))
    if (this.#isStopped) child.stop()
    return child
  }
}
