import type { RequestId, SandboxId } from '../kernel/ids.ts'
import { type VersionKey, versionKeyOf } from '../scheduler/scheduler-events.ts'
import type { ConcurrencyKind, InitPhase, ProvisionedStatus } from '../telemetry/platform-events.ts'
import { type NamedTimer, newNamedTimer } from './named-timer.ts'
import type { LatencyModel, SimulatedFunction } from './workload.ts'

/** What sandboxes do with the memory that they hold: indices into `SizeTotals.heldUs`. */
export const STARTING = 0
export const BUSY = 1
export const IDLE = 2
export type Activity = typeof STARTING | typeof BUSY | typeof IDLE

/** What all functions of one memory size have used. Whole numbers, so that no rounding adds up. */
export interface SizeTotals {
  readonly memoryMb: number
  requests: number
  onDemandMs: number
  provisionedMs: number
  /** Sandboxes that are provisioned, over all functions that have got theirs. */
  provisioned: number
  /** How long sandboxes were starting, busy, idle; microseconds. */
  readonly heldUs: Float64Array
}

/**
 * A function, of which one version is simulated. What every invocation needs comes first: with thousands
 * of functions, what counts is how much of each has to be fetched from memory.
 */
export interface WorldFunction {
  readonly index: number
  readonly versionKey: VersionKey
  readonly latency: LatencyModel
  readonly memoryMb: number
  readonly size: SizeTotals
  /** The sandbox that was looked up last: mostly the one that is needed next. */
  lastSandbox: WorldSandbox | undefined
  arrived: number
  completed: number
  cold: number
  readonly spec: SimulatedFunction
  readonly prewarm: NamedTimer
  readonly allocate: NamedTimer
  /** Where its provisioned concurrency stands. */
  poolStatus: ProvisionedStatus | undefined
}

export interface WorldSandbox {
  /** Its place among the sandboxes; another one takes it when this one is gone. */
  readonly index: number
  readonly id: SandboxId
  readonly fn: WorldFunction
  readonly isProvisioned: boolean
  activity: Activity
  /** Since when it does that. */
  sinceUs: number
  /** The invocation that it is tied to. */
  invocation: WorldInvocation | undefined
  /** The order of the end of what it does now, a start or a run, and when that is; 0: it does nothing. */
  endOrder: number
  endUs: number
  /** Which init it runs, or ran last, and how long that takes. */
  phase: InitPhase
  initUs: number
  /** Its runtime has not called the handler yet. */
  isFresh: boolean
  /** It was started ahead of demand and has not served anything yet. */
  isUnusedPrewarm: boolean
  /** Which timer ends a start or a run that takes too long; `undefined`: it is not set. */
  limit: 'init' | 'deadline' | undefined
  limitUs: number
  limitOrder: number
  /** The order of the timer that freezes it; 0: it is not set. */
  freezeOrder: number
  readonly idle: NamedTimer
}

/** An invocation from its arrival to its end. These records, and their ids, are used again. */
export interface WorldInvocation {
  readonly id: RequestId
  fn: WorldFunction
  arrivedUs: number
  /** As the trace tells, or as drawn for a sandbox that is warm. */
  runUs: number
  isRunGiven: boolean
  overheadUs: number
  isCold: boolean
  concurrency: ConcurrencyKind
  /** An init that it waited for, in a phase of its own: it is billed, too. One ahead of demand is not. */
  initUs: number
  /** When its duration begins. */
  durationFromUs: number
}

export function newSizeTotals(memoryMb: number): SizeTotals {
  return {
    memoryMb,
    requests: 0,
    onDemandMs: 0,
    provisionedMs: 0,
    provisioned: 0,
    heldUs: new Float64Array(3),
  }
}

export function newFunction(
  index: number,
  spec: SimulatedFunction,
  size: SizeTotals,
): WorldFunction {
  // Provisioned concurrency exists on published versions only.
  const version = spec.provisioned > 0 ? '1' : '$LATEST'
  return {
    index,
    versionKey: versionKeyOf(spec.name, version),
    latency: spec.latency,
    memoryMb: spec.memoryMb,
    size,
    lastSandbox: undefined,
    arrived: 0,
    completed: 0,
    cold: 0,
    spec,
    prewarm: newNamedTimer(),
    allocate: newNamedTimer(),
    poolStatus: undefined,
  }
}

export function newSandbox(
  what: Pick<WorldSandbox, 'index' | 'id' | 'fn' | 'isProvisioned'>,
  nowUs: number,
): WorldSandbox {
  const { index, id, fn, isProvisioned } = what
  return {
    index,
    id,
    fn,
    isProvisioned,
    activity: STARTING,
    sinceUs: nowUs,
    invocation: undefined,
    endOrder: 0,
    endUs: 0,
    phase: 'init',
    initUs: 0,
    isFresh: true,
    isUnusedPrewarm: false,
    limit: undefined,
    limitUs: 0,
    limitOrder: 0,
    freezeOrder: 0,
    idle: newNamedTimer(),
  }
}

export const newInvocation = (id: RequestId, fn: WorldFunction): WorldInvocation => ({
  id,
  fn,
  arrivedUs: 0,
  runUs: 0,
  isRunGiven: false,
  overheadUs: 0,
  isCold: false,
  concurrency: 'on-demand',
  initUs: 0,
  durationFromUs: 0,
})

/** From now on the sandbox does something else; what it did until now is counted. */
export function turnTo(sandbox: WorldSandbox, activity: Activity, nowUs: number): void {
  const { heldUs } = sandbox.fn.size
  const before = sandbox.activity
  heldUs[before] = (heldUs[before] as number) + nowUs - sandbox.sinceUs
  sandbox.activity = activity
  sandbox.sinceUs = nowUs
}
