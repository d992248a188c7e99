import { invariant } from '../../../runtime/kernel/invariant.ts'
import { UsageError } from '../../exit-codes.ts'
import { gbSeconds } from './gb-seconds.ts'
import { FREE_TIER, type PricedTier, pricesOf } from './prices.ts'
import type { Usage } from './usage.ts'

/** One line of a bill: so much of something at a price. */
export interface CostLine {
  readonly part: 'requests' | 'duration' | 'ephemeral storage' | 'provisioned'
  /** Tells lines of one part from each other; `null` where a part has one. */
  readonly detail: string | null
  readonly quantity: number
  readonly unit: 'requests' | 'GB-s'
  /** US dollars for one unit. */
  readonly unitUsd: number
  readonly usd: number
}

/**
 * The bill, line by line. Lines of what was not used are left out, but for requests and duration.
 *
 * Source: AWS Lambda pricing page and Price List API. The free tier is taken off before the tiers by
 * volume are applied, and counts for no function that has provisioned concurrency.
 *
 * @throws UsageError for a region, or something in it, whose price is not known here.
 */
export function costLines(usage: Usage): CostLine[] {
  const onDemandMs = usage.billedMs - (usage.provisioned?.billedMs ?? 0)
  invariant(onDemandMs >= 0, 'more ran on provisioned instances than ran at all')
  return [
    ...requestLines(usage),
    ...durationLines(usage, onDemandMs),
    ...storageLines(usage),
    ...provisionedLines(usage),
  ]
}

export const isFreeTierApplied = ({ freeTier, provisioned }: Usage): boolean =>
  freeTier && provisioned === undefined

function requestLines(usage: Usage): CostLine[] {
  const free = isFreeTierApplied(usage) ? Math.min(usage.requests, FREE_TIER.requests) : 0
  return [
    ...freeLine('requests', free, 'requests'),
    line('requests', null, usage.requests - free, 'requests', pricesOf(usage.region).request),
  ]
}

function durationLines(usage: Usage, onDemandMs: number): CostLine[] {
  const used = gbSeconds(usage.memorySizeMb, onDemandMs, usage.decimalGb)
  const free = isFreeTierApplied(usage) ? Math.min(used, FREE_TIER.gbSeconds) : 0
  return [...freeLine('duration', free, 'GB-s'), ...tierLines(usage, used - free)]
}

function tierLines({ region, architecture }: Usage, amount: number): CostLine[] {
  const tiers = pricesOf(region).duration[architecture]
  checkPriced(region, amount, tiers)
  const lines: CostLine[] = []
  let from = 0
  for (const { upTo, usd } of tiers) {
    const quantity = Math.min(amount, upTo) - from
    const detail = from === 0 ? null : `over ${from / 1e9} billion`
    // The first is there also when nothing ran.
    if (quantity > 0 || from === 0) lines.push(line('duration', detail, quantity, 'GB-s', usd))
    from = upTo
  }
  return lines
}

function checkPriced(region: string, amount: number, tiers: readonly PricedTier[]): void {
  const { upTo = 0 } = tiers.at(-1) ?? {}
  if (amount <= upTo) return
  throw new UsageError(
    `The price of duration over ${upTo / 1e9} billion GB-s is not known for region '${region}'`,
  )
}

const FREE_STORAGE_MB = 512

function storageLines(usage: Usage): CostLine[] {
  const extraMb = usage.ephemeralStorageMb - FREE_STORAGE_MB
  if (extraMb <= 0) return []
  const quantity = gbSeconds(extraMb, usage.billedMs, usage.decimalGb)
  const { storage } = pricesOf(usage.region)
  return [line('ephemeral storage', `${extraMb} MB over 512`, quantity, 'GB-s', storage)]
}

/** They are paid for in steps of five minutes. */
const PROVISIONED_STEP_SECONDS = 300

function provisionedLines({ provisioned, ...usage }: Usage): CostLine[] {
  if (provisioned === undefined) return []
  const { region, architecture, memorySizeMb, decimalGb } = usage
  const prices = pricesOf(region).provisioned[architecture]
  if (prices === null) {
    throw new UsageError(
      `The price of provisioned concurrency on ${architecture} is not known for region '${region}'`,
      'It is known for x86_64 in all regions, and for arm64 in us-east-1.',
    )
  }
  const steps = Math.ceil(provisioned.seconds / PROVISIONED_STEP_SECONDS)
  const capacityMs = provisioned.instances * steps * PROVISIONED_STEP_SECONDS * 1_000
  const capacity = gbSeconds(memorySizeMb, capacityMs, decimalGb)
  const duration = gbSeconds(memorySizeMb, provisioned.billedMs, decimalGb)
  return [
    line('provisioned', 'instances', capacity, 'GB-s', prices.capacity),
    line('provisioned', 'duration', duration, 'GB-s', prices.duration),
  ]
}

const freeLine = (part: CostLine['part'], quantity: number, unit: CostLine['unit']): CostLine[] =>
  quantity > 0 ? [line(part, 'free tier', quantity, unit, 0)] : []

function line(
  part: CostLine['part'],
  detail: string | null,
  quantity: number,
  unit: CostLine['unit'],
  unitUsd: number,
): CostLine {
  return { part, detail, quantity, unit, unitUsd, usd: quantity * unitUsd }
}
