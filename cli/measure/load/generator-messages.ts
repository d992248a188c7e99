import type { Distribution } from '../results/figures.ts'
import type { Latencies, OutcomeResult, SecondRow } from '../results/load-result.ts'
import type { Workload } from './workload.ts'

/** What controller and generator say to each other, over the channel between their processes. */
export type ToGenerator =
  | { readonly kind: 'prepare'; readonly order: GeneratorOrder }
  | { readonly kind: 'begin' }
  /** Sends nothing more, waits a little for what is in flight, and reports. */
  | { readonly kind: 'stop' }

export type FromGenerator =
  | { readonly kind: 'ready' }
  | { readonly kind: 'second'; readonly row: GeneratorSecond }
  | { readonly kind: 'done'; readonly report: GeneratorReport }
  | { readonly kind: 'failed'; readonly message: string }

export interface GeneratorOrder {
  readonly request: RequestTemplate
  readonly workload: Workload
  readonly seed: number
  readonly maxInFlight: number
  /** An answer that takes longer is none. */
  readonly patienceMs: number
}

/** A request, all of which is known beforehand. */
export interface RequestTemplate {
  /** Whose answers it gets. */
  readonly answers: 'lambda' | 'url'
  /** `http://127.0.0.1:5000`. */
  readonly origin: string
  readonly path: string
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
  /** Empty: none. */
  readonly body: string
  /** Sign it as AWS wants it. */
  readonly signing: Signing | null
}

export interface Signing {
  readonly region: string
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken: string | null
}

export type GeneratorSecond = Omit<SecondRow, 'sandboxes'>

/** Counted by the generator alone. */
export interface GeneratorCounts {
  /** Answers that say that an invocation took place, whatever came of it. */
  readonly ran: number
  /** Of these, those that began with a cold start. */
  readonly cold: number
  readonly throttled: number
  /** As the REPORT lines say. */
  readonly billedMs: number
  readonly memorySizeMb: number | undefined
}

export interface GeneratorReport {
  /** Not stopped before the planned end. */
  readonly complete: boolean
  /** Requests that were planned until it ended; `null` in a closed loop. */
  readonly planned: number | null
  readonly sent: number
  readonly dropped: number
  /** From the start to the planned end, to the stop, or to the last request where it was late. */
  readonly sendingMs: number
  readonly counts: GeneratorCounts
  readonly outcomes: readonly OutcomeResult[]
  readonly answered: Latencies
  readonly lagMs: Distribution
  readonly eventLoopDelayMs: { readonly p99: number; readonly max: number }
  /** CPU time over the time that passed: 1 is one core. */
  readonly cpu: number
}
