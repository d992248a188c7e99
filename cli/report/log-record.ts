/** A line of the log, as the logger writes it. */
export type LogRecord = { readonly time: number; readonly level: number; readonly msg?: string } & (
  | RequestRecord
  | FunctionRecord
  | InitRecord
  | ProvisionedRecord
  | { readonly type?: undefined }
)

/** What a function printed. */
export interface FunctionRecord {
  readonly type: 'function'
  readonly function: string
  readonly requestId?: string
}

/** An init phase that failed. */
export interface InitRecord {
  readonly type: 'init'
  readonly function: string
  readonly status: string
  readonly errorType?: string
  readonly durationMs: number
}

/** Provisioned concurrency of a version that is all there, or cannot be, or has ended. */
interface ProvisionedRecord {
  readonly type: 'provisioned'
  readonly function: string
  readonly version: string
  readonly requested: number
  readonly allocated: number
  readonly status: string
}

/** One request in the log. Durations in milliseconds; absent is what does not apply. */
export interface RequestRecord {
  readonly type: 'request'
  readonly method: string
  readonly path: string
  readonly requestId: string
  readonly status: number
  readonly delivered: boolean
  readonly function?: string
  readonly sandboxId?: string
  readonly coldStart?: boolean
  readonly startReason?: string
  readonly errorType?: string | undefined
  readonly totalMs?: number
  readonly durationMs?: number
  readonly billedDurationMs?: number
  readonly initDurationMs?: number | undefined
  readonly memorySizeMb?: number
  readonly maxMemoryUsedMb?: number | undefined
  readonly error?: string
  readonly hint?: string | undefined
}
