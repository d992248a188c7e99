import type {
  BilledTime,
  SimulationOutcome,
} from '../../../runtime/simulation/simulation-outcome.ts'
import { type Cost, costOf } from '../cost/cost.ts'

/**
 * What Lambda would bill for all that was simulated: on demand and provisioned, every memory size by
 * itself, on x86_64 and without the free tier.
 *
 * @throws UsageError for a region whose prices are not known.
 */
export function simulatedCost(
  { billed, simulatedMs }: Pick<SimulationOutcome, 'billed' | 'simulatedMs'>,
  region: string,
): Cost {
  const [first, ...others] = billed.map((part) => costOf(usageOf(part, simulatedMs, region)))
  return others.reduce(sum, first ?? costOf(usageOf(NOTHING, simulatedMs, region)))
}

const NOTHING: BilledTime = {
  memoryMb: 128,
  requests: 0,
  onDemandMs: 0,
  provisionedMs: 0,
  provisionedSandboxS: 0,
}

function usageOf(part: BilledTime, simulatedMs: number, region: string) {
  const { memoryMb, requests, onDemandMs, provisionedMs, provisionedSandboxS } = part
  const seconds = simulatedMs / 1_000
  return {
    region,
    architecture: 'x86_64' as const,
    memorySizeMb: memoryMb,
    ephemeralStorageMb: 512,
    requests,
    billedMs: onDemandMs + provisionedMs,
    freeTier: false,
    decimalGb: false,
    ...(provisionedSandboxS > 0 && {
      // They are sold in steps of five minutes, so how many there were has to be known.
      provisioned: {
        instances: Math.round(provisionedSandboxS / seconds),
        seconds,
        billedMs: provisionedMs,
      },
    }),
  }
}

const sum = (a: Cost, b: Cost): Cost => ({
  ...a,
  requests: a.requests + b.requests,
  gbSeconds: a.gbSeconds + b.gbSeconds,
  requestsUsd: a.requestsUsd + b.requestsUsd,
  durationUsd: a.durationUsd + b.durationUsd,
  ephemeralStorageUsd: a.ephemeralStorageUsd + b.ephemeralStorageUsd,
  provisionedUsd: a.provisionedUsd + b.provisionedUsd,
  totalUsd: a.totalUsd + b.totalUsd,
})
