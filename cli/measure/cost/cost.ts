export type Architecture = 'x86_64' | 'arm64'

/** What is paid for. */
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
}

/** US dollars; the parts add up to the total. */
export interface Cost {
  readonly region: string
  readonly architecture: Architecture
  readonly requests: number
  readonly gbSeconds: number
  readonly requestsUsd: number
  readonly durationUsd: number
  readonly ephemeralStorageUsd: number
  readonly provisionedUsd: number
  readonly totalUsd: number
  readonly freeTier: boolean
  /** Day of the prices, ISO 8601. */
  readonly pricesAsOf: string
}
