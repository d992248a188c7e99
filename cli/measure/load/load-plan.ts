import type { FunctionInput } from '../../../runtime/functions/function-config.ts'
import type { RequestTemplate } from './generator-messages.ts'
import type { Workload } from './workload.ts'

/** What a load test is to do. */
export interface LoadPlan {
  readonly target: LoadTarget
  readonly workload: Workload
  readonly seed: number
  /** More requests are never in flight: those that come then are dropped. */
  readonly maxInFlight: number
  /** Drops do not make it invalid. */
  readonly allowDrops: boolean
  /** Whose prices. */
  readonly region: string
}

export type LoadTarget = FunctionTarget | RemoteTarget

/** A function in a controller of our own. */
export interface FunctionTarget {
  readonly kind: 'function'
  readonly label: string
  readonly input: FunctionInput
  readonly payload: string
  readonly cpu: 'proportional' | 'unlimited'
  /** Invocations at once, over all functions. */
  readonly accountConcurrency: number
  /** Whether requests and new environments are limited to Lambda's rates. Default: `lambda`. */
  readonly rates?: 'lambda' | 'unlimited'
  /** How long idle sandboxes are kept; absent: as usual. */
  readonly keepAlive?: string
}

/** An endpoint of Lambda's Invoke, ours or AWS's or another's; or any URL. */
export interface RemoteTarget {
  readonly kind: 'lambda' | 'url'
  readonly label: string
  readonly request: RequestTemplate
  readonly patienceMs: number
}
