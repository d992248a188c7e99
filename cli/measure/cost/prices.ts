import { UsageError } from '../../exit-codes.ts'
import type { Architecture } from './usage.ts'

/** Publication of the price list that requests and duration are of. */
export const PRICES_AS_OF = '2026-09-19'
export const PRICES_SOURCE = 'AWS Price List API, offer AWSLambda'

/**
 * Storage and provisioned concurrency outside us-east-1 are as AWS's Pricing Calculator has them
 * (calculator.aws, meteredUnitMaps/lambda), which bears no date; it agrees with the price list in all
 * that both of them say.
 */
export const CALCULATOR_SOURCE = 'AWS Pricing Calculator, meteredUnitMaps/lambda'

/** Each month, x86 and arm64 together, in all regions. */
export const FREE_TIER = { requests: 1_000_000, gbSeconds: 400_000 } as const

export interface PricedTier {
  /** GB-seconds of a month and architecture, counted from the first. */
  readonly upTo: number
  /** US dollars for a GB-second. */
  readonly usd: number
}

/** US dollars; `null` where no source says it. */
export interface Prices {
  readonly request: number
  readonly duration: Readonly<Record<Architecture, readonly PricedTier[]>>
  /** For a GB-second over 512 MB. */
  readonly storage: number
  readonly provisioned: Readonly<Record<Architecture, ProvisionedPrices | null>>
}

/** For a GB-second of an instance that is there, and of duration that runs on it. */
export interface ProvisionedPrices {
  readonly capacity: number
  readonly duration: number
}

/** The volume at which the first tier ends, the same everywhere. */
const FIRST_TIER = { x86_64: 6e9, arm64: 7.5e9 } as const

const COMMON_REQUEST = 0.000_000_2

const COMMON_DURATION: Prices['duration'] = {
  x86_64: [
    { upTo: FIRST_TIER.x86_64, usd: 0.000_016_666_7 },
    { upTo: 15e9, usd: 0.000_015 },
    { upTo: Number.POSITIVE_INFINITY, usd: 0.000_013_333_4 },
  ],
  arm64: [
    { upTo: FIRST_TIER.arm64, usd: 0.000_013_333_4 },
    { upTo: 18.75e9, usd: 0.000_012_000_1 },
    { upTo: Number.POSITIVE_INFINITY, usd: 0.000_010_666_7 },
  ],
}

const PRICES: Readonly<Record<string, Prices>> = {
  'us-east-1': {
    request: COMMON_REQUEST,
    duration: COMMON_DURATION,
    storage: 0.000_000_030_9,
    provisioned: {
      x86_64: { capacity: 0.000_004_166_7, duration: 0.000_009_722_2 },
      arm64: { capacity: 0.000_003_333_4, duration: 0.000_007_777_8 },
    },
  },
  // The same requests and duration; then storage and, on x86, provisioned capacity and duration.
  'us-east-2': common(0.000_000_030_9, 0.000_004_166_7, 0.000_009_722_2),
  'us-west-1': common(0.000_000_037, 0.000_004_904_1, 0.000_011_443),
  'us-west-2': common(0.000_000_030_9, 0.000_004_166_7, 0.000_009_722_2),
  'ca-central-1': common(0.000_000_034, 0.000_004_646, 0.000_010_840_7),
  'eu-west-1': common(0.000_000_034, 0.000_004_646, 0.000_010_840_7),
  'eu-west-2': common(0.000_000_035_8, 0.000_004_830_4, 0.000_011_270_9),
  'eu-west-3': common(0.000_000_035_8, 0.000_004_867_3, 0.000_011_356_9),
  'eu-central-1': common(0.000_000_036_7, 0.000_005_014_7, 0.000_011_701_1),
  'eu-north-1': common(0.000_000_032_3, 0.000_004_424_8, 0.000_010_324_5),
  'ap-south-1': common(0.000_000_035_2, 0.000_004_498_5, 0.000_010_496_6),
  'ap-southeast-1': common(0.000_000_037, 0.000_005_199_1, 0.000_012_131_3),
  'ap-southeast-2': common(0.000_000_037, 0.000_005_236, 0.000_012_217_3),
  'ap-northeast-1': common(0.000_000_037, 0.000_005_383_5, 0.000_012_561_5),
  'ap-northeast-2': common(0.000_000_035_2, 0.000_005_125_4, 0.000_011_959_2),
  'ap-northeast-3': common(0.000_000_037, 0.000_005_383_5, 0.000_012_561_5),
  'sa-east-1': common(0.000_000_058_6, 0.000_006_637_2, 0.000_015_486_7),
  // Dearer ones: no source for tiers beyond the first.
  'af-south-1': {
    request: 0.000_000_27,
    duration: firstTierOnly(0.000_022_1, 0.000_017_68),
    storage: 0.000_000_040_4,
    provisioned: x86Only(0.000_005_53, 0.000_012_9),
  },
  'ap-east-1': {
    request: 0.000_000_28,
    duration: firstTierOnly(0.000_022_92, 0.000_018_3),
    storage: 0.000_000_040_7,
    provisioned: x86Only(0.000_005_715_3, 0.000_013_335_8),
  },
  'eu-south-1': {
    request: 0.000_000_23,
    duration: firstTierOnly(0.000_019_517_2, 0.000_015_613_8),
    storage: 0.000_000_035_7,
    provisioned: x86Only(0.000_004_878_3, 0.000_011_382_7),
  },
  'me-south-1': {
    request: 0.000_000_25,
    duration: firstTierOnly(0.000_020_666_7, 0.000_016_533_4),
    storage: 0.000_000_037_4,
    provisioned: x86Only(0.000_005_110_8, 0.000_011_925_1),
  },
}

export const PRICED_REGIONS: readonly string[] = Object.keys(PRICES)

/** @throws UsageError for a region whose prices are not known here. */
export function pricesOf(region: string): Prices {
  const prices = Object.hasOwn(PRICES, region) ? PRICES[region] : undefined
  if (prices !== undefined) return prices
  throw new UsageError(
    `No prices are known for region '${region}'`,
    `Known: ${PRICED_REGIONS.join(', ')}.`,
  )
}

function common(storage: number, capacity: number, duration: number): Prices {
  return {
    request: COMMON_REQUEST,
    duration: COMMON_DURATION,
    storage,
    provisioned: x86Only(capacity, duration),
  }
}

function firstTierOnly(x86: number, arm: number): Prices['duration'] {
  return {
    x86_64: [{ upTo: FIRST_TIER.x86_64, usd: x86 }],
    arm64: [{ upTo: FIRST_TIER.arm64, usd: arm }],
  }
}

function x86Only(capacity: number, duration: number): Prices['provisioned'] {
  return { x86_64: { capacity, duration }, arm64: null }
}
