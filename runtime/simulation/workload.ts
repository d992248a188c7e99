import type { Random } from '../kernel/random.ts'

/** What is simulated: functions, and when each of them is invoked. */
export interface SimulatedWorkload {
  /** One sentence for a person: `Poisson, 200/s for 30 s`. */
  readonly text: string
  readonly functions: readonly SimulatedFunction[]
  /** Ascending by `atUs`. May be gone through once for each simulation: each call begins anew. */
  readonly arrivals: () => Iterable<Arrival>
  /** Of all arrivals, where it is known without going through them: for the progress. */
  readonly planned: number | undefined
  /** How long the workload lasts; nothing arrives later. */
  readonly durationUs: number
  /** What was left out when it was read, one sentence each, with its count. */
  readonly skipped: readonly string[]
}

export interface Arrival {
  /** From the beginning, whole microseconds. */
  readonly atUs: number
  /** Index into `functions`. */
  readonly fn: number
  /** How long the handler runs, where the trace tells; else the function's model is asked. */
  readonly runUs?: number | undefined
}

export interface SimulatedFunction {
  readonly name: string
  readonly memoryMb: number
  readonly timeoutUs: number
  readonly reserved: number | undefined
  /** Sandboxes initialised ahead of demand; 0: none. */
  readonly provisioned: number
  readonly latency: LatencyModel
}

/** How long things take, drawn anew each time. Microseconds. */
export interface LatencyModel {
  /** From the begin of a start to the loaded handler: what a cold invocation waits, and of it the billed init. */
  coldStart(random: Random): { readonly totalUs: number; readonly initUs: number }
  /**
   * The first run of the handler in a new sandbox; `undefined`: it takes what any other run would. Where
   * an arrival brings its own time, that is used.
   */
  firstRunUs(random: Random): number | undefined
  runUs(random: Random): number
  /** What lies between the caller and the handler otherwise: dispatch and delivery. */
  overheadUs(random: Random): number
}
