export type Architecture = 'x86_64' | 'arm64'

/** What is paid for, within one month. */
export interface Usage {
  readonly region: string
  readonly architecture: Architecture
  readonly memorySizeMb: number
  /** 512 is free. */
  readonly ephemeralStorageMb: number
  readonly requests: number
  /** Sum over all requests, init included, milliseconds. */
  readonly billedMs: number
  readonly freeTier: boolean
  /** 1 GB is 1,000 MB, as some textbooks have it, and not 1,024. */
  readonly decimalGb: boolean
  /** Absent: no provisioned concurrency. With it there is no free tier. */
  readonly provisioned?: ProvisionedUsage
}

export interface ProvisionedUsage {
  readonly instances: number
  /** For how long each of them is there. */
  readonly seconds: number
  /** The part of `Usage.billedMs` that ran on them. */
  readonly billedMs: number
}
