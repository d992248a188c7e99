import { costLines, isFreeTierApplied } from './cost-lines.ts'
import { gbSeconds } from './gb-seconds.ts'
import { PRICES_AS_OF } from './prices.ts'
import type { Architecture, ProvisionedUsage, Usage } from './usage.ts'

export type { Architecture, ProvisionedUsage, Usage }

/** US dollars; the parts add up to the total. */
export interface Cost {
  readonly region: string
  readonly architecture: Architecture
  readonly requests: number
  /** All duration times memory: before the free tier, and with what ran on provisioned instances. */
  readonly gbSeconds: number
  readonly requestsUsd: number
  readonly durationUsd: number
  readonly ephemeralStorageUsd: number
  /** The instances, and the duration that ran on them. */
  readonly provisionedUsd: number
  readonly totalUsd: number
  /** Taken off. */
  readonly freeTier: boolean
  /** Day of the prices, ISO 8601. */
  readonly pricesAsOf: string
}

/**
 * The price of what was used.
 *
 * @throws UsageError for a region, or something in it, whose price is not known here.
 */
export function costOf(usage: Usage): Cost {
  const { region, architecture, requests, memorySizeMb, billedMs } = usage
  const lines = costLines(usage)
  const sum = (part: string) =>
    lines.filter((line) => line.part === part).reduce((total, { usd }) => total + usd, 0)
  const requestsUsd = sum('requests')
  const durationUsd = sum('duration')
  const ephemeralStorageUsd = sum('ephemeral storage')
  const provisionedUsd = sum('provisioned')
  return {
    region,
    architecture,
    requests,
    gbSeconds: gbSeconds(memorySizeMb, billedMs, usage.decimalGb),
    requestsUsd,
    durationUsd,
    ephemeralStorageUsd,
    provisionedUsd,
    totalUsd: requestsUsd + durationUsd + ephemeralStorageUsd + provisionedUsd,
    freeTier: isFreeTierApplied(usage),
    pricesAsOf: PRICES_AS_OF,
  }
}
