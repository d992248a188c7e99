import type { VersionKey } from '../scheduler-events.ts'

/**
 * How long idle sandboxes are kept, and which goes first when memory is short. Microseconds.
 *
 * - fixed        each for the same time (Lambda, as measured since 2019: about ten minutes)
 * - drawn        each for a time drawn anew whenever it becomes idle, evenly between two bounds
 * - hybrid       a histogram of each function's idle times decides when its sandbox is stopped, and
 *                when one is started again ahead of the next invocation (Shahrad et al., "Serverless
 *                in the Wild", USENIX ATC 2020)
 * - greedy-dual  for as long as memory lasts; then the one goes that was used least often, is
 *                started fastest and takes most memory (Fuerst and Sharma, "FaasCache", ASPLOS 2021)
 * - none         not at all: every invocation is cold
 */
export type KeepAliveOptions =
  | { readonly kind: 'fixed'; readonly lifetimeUs: number }
  | { readonly kind: 'drawn'; readonly leastUs: number; readonly mostUs: number }
  | { readonly kind: 'hybrid' }
  | { readonly kind: 'greedy-dual' }
  | { readonly kind: 'none' }

/** What a policy may know of a sandbox that has become idle. */
export interface IdleUse {
  readonly versionKey: VersionKey
  readonly nowUs: number
  /** How long a cold start of its version took the last time, microseconds. */
  readonly coldStartUs: number
  /** Invocations that it has served. */
  readonly invocations: number
  /** What it takes of the machine's memory. */
  readonly footprintMb: number
}

/** What is to become of a sandbox that is idle from now on, and of its version. Microseconds from now. */
export interface Keeping {
  /** It is evicted after this. 0: at once; `Infinity`: only when memory is short. */
  readonly keepUs: number
  /** If its version has no sandbox then, one is started ahead of demand, and kept idle for so long. */
  readonly prewarm?: { readonly afterUs: number; readonly keepUs: number }
}

/** A policy with what it remembers of each version. The scheduler tells it; it only answers. */
export interface KeepAlive {
  /**
   * An invocation was admitted.
   *
   * @param inFlight invocations of the version that run already.
   */
  arrived(versionKey: VersionKey, nowUs: number, inFlight: number): void
  /** A sandbox has finished an invocation, or was started ahead of demand, and is idle. */
  idle(use: IdleUse): Keeping
  /** What a sandbox is worth for as long as it stays idle: the least goes first when memory is short. */
  worth(use: IdleUse): number
  /** The one of this worth was evicted because memory was short. */
  evicted(worth: number): void
}
