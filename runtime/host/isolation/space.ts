import type { Duplex, Readable } from 'node:stream'
import type { ProcessExit } from '../process-exit.ts'

/**
 * What a sandbox is made of on this machine: its file system, its /tmp, its namespaces and limits.
 * It lasts as long as the sandbox; runtimes are started in it, one after the other.
 */
export interface Space {
  /** What the kernel limits by itself; the rest has to be watched, where that is possible. */
  readonly kernelLimits: KernelLimits
  /** Where the handler finds its /tmp. */
  readonly tmpPath: string
  /** Folder to look at for the size of /tmp, as the controller sees it. Where the kernel limits it: none. */
  readonly watchedTmpPath: string | undefined
  /** Removes what is in a /tmp that is only watched. */
  emptyTmp(): void
  /** Where a path of this machine is inside. */
  inside(path: string): string
  launch(command: RuntimeCommand): Promise<LaunchedRuntime>
  /** Ends all that runs in it and removes everything. */
  remove(): Promise<void>
}

export interface KernelLimits {
  readonly memory: boolean
  readonly cpu: boolean
  readonly tmp: boolean
  readonly processes: boolean
}

/** Paths as they are inside. */
export interface RuntimeCommand {
  readonly file: string
  readonly args: readonly string[]
  readonly cwd: string
  /** The whole environment: nothing is inherited. */
  readonly env: Readonly<Record<string, string>>
}

/** A runtime, and everything it starts. */
export interface LaunchedRuntime {
  /** Of its main process, as this controller's pid namespace numbers it. */
  readonly pid: number
  /** When it was there: before that, what it runs in was being made. Monotonic microseconds. */
  readonly spawnedUs: number
  readonly channel: Duplex
  readonly stdout: Readable
  readonly stderr: Readable
  /** Resolves once the main process is gone, all that it had started too, and its output was read. */
  readonly exited: Promise<ProcessExit>
  /** All its processes now, the main one first. */
  members(): readonly number[]
  /** Kills all of it at once, frozen or not. */
  kill(): void
  /** Resolves once nothing of it can run. */
  freeze(): Promise<void>
  thaw(): void
  /** From now on it has this share of one CPU; `undefined` lifts the limit. Nothing where the kernel has no limit for it. */
  limitCpu(share: number | undefined): void
  /** How often the kernel has killed in it for lack of memory; `undefined` where it does not limit memory. */
  oomKills(): number | undefined
  /**
   * What only its end would free, of all its processes together, bytes: not pages of files. `undefined`
   * where the kernel does not add it up.
   */
  usedBytes(): number | undefined
}
