import type { Architecture, Usage } from './usage.ts'

/** What somebody expects of a month. */
export interface Plan {
  readonly region: string
  readonly architecture: Architecture
  readonly memorySizeMb: number
  readonly ephemeralStorageMb: number
  readonly requests: number
  readonly durationMs: number
  /** Of a cold start; it is paid for like the rest since August 2025. */
  readonly initMs: number
  /** Share of the requests that start cold, 0 to 1. */
  readonly coldShare: number
  readonly freeTier: boolean
  readonly decimalGb: boolean
  readonly provisioned: { readonly instances: number; readonly hours: number } | undefined
}

/**
 * What Lambda would bill for it. Every request is rounded up to a millisecond, a cold one together
 * with its init. Provisioned instances take all of the work that they have time for.
 */
export function plannedUsage({ durationMs, initMs, coldShare, provisioned, ...plan }: Plan): Usage {
  const cold = Math.round(plan.requests * coldShare)
  const warm = plan.requests - cold
  const billedMs = warm * Math.ceil(durationMs) + cold * Math.ceil(initMs + durationMs)
  if (provisioned === undefined) return { ...plan, billedMs }
  const seconds = provisioned.hours * 3_600
  const heldMs = provisioned.instances * seconds * 1_000
  return {
    ...plan,
    billedMs,
    provisioned: {
      instances: provisioned.instances,
      seconds,
      billedMs: Math.min(billedMs, heldMs),
    },
  }
}
