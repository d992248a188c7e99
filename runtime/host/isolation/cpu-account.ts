import { US_PER_MS } from '../../kernel/units.ts'
import { cpuTicks, taskCpuNs, taskFolders } from './process-figures.ts'

const NS_PER_US = 1_000
const US_PER_TICK = 10 * US_PER_MS
/** `cpuTicks` adds four figures that are each rounded down. */
const LOST_TICKS = 4

/**
 * CPU time that a process tree has spent since it was opened. Two sources: each living thread's own
 * figure is exact but ends with it; that of a process also knows of threads and children that have
 * ended, in steps of 10 ms. Neither ever says too much, so the larger one is the better.
 */
export class CpuAccount {
  /** By folder of a living thread: what it had spent when last looked at, nanoseconds. */
  #threads: Map<string, number>
  /** Threads that have spent something between the last two looks at all. */
  #busy: readonly string[] = []
  #spentUs = 0
  #ticks: number
  #spentTicks: number

  constructor(pids: readonly number[]) {
    this.#threads = new Map(threadsOf(pids).map((folder) => [folder, taskCpuNs(folder)]))
    this.#ticks = ticksOf(pids)
    this.#spentTicks = -LOST_TICKS * pids.length
  }

  /** Looks at all threads of all processes; what is new has spent all it has since it was opened. */
  lookAtAll(pids: readonly number[]): number {
    const before = this.#threads
    this.#threads = new Map()
    this.#busy = threadsOf(pids).filter((folder) => this.#look(folder, before.get(folder) ?? 0))
    const ticks = ticksOf(pids)
    // Less than before: one has ended for which nobody of the tree has waited.
    this.#spentTicks += Math.max(ticks - this.#ticks, 0)
    this.#ticks = ticks
    this.#spentUs = Math.max(this.#spentUs, this.#spentTicks * US_PER_TICK)
    return this.#spentUs
  }

  /** Looks only at the threads that were busy, and at the first: what others spend is seen later. */
  lookAtBusy(): number {
    const [first] = this.#threads.keys()
    const folders = first === undefined ? this.#busy : new Set([first, ...this.#busy])
    for (const folder of folders) this.#look(folder, this.#threads.get(folder) ?? 0)
    return this.#spentUs
  }

  /** Whether the thread has spent anything. */
  #look(folder: string, beforeNs: number): boolean {
    // One that has ended reads as 0.
    const nowNs = Math.max(taskCpuNs(folder), beforeNs)
    this.#threads.set(folder, nowNs)
    this.#spentUs += (nowNs - beforeNs) / NS_PER_US
    return nowNs > beforeNs
  }
}

const threadsOf = (pids: readonly number[]): string[] => pids.flatMap(taskFolders)

const ticksOf = (pids: readonly number[]): number =>
  pids.reduce((sum, pid) => sum + cpuTicks(pid), 0)
