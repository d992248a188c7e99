import fc from 'fast-check'
import pc from 'picocolors'
import { describe, expect, it } from 'vitest'
import { costOf, type Usage } from '../../../../cli/measure/cost/cost.ts'
import { costLines } from '../../../../cli/measure/cost/cost-lines.ts'
import { costTable } from '../../../../cli/report/cost/cost-table.ts'
import { costLine, formatUsd, roundedParts } from '../../../../cli/report/cost/cost-text.ts'

const usage = (changes: Partial<Usage> = {}): Usage => ({
  region: 'us-east-1',
  architecture: 'x86_64',
  memorySizeMb: 128,
  ephemeralStorageMb: 512,
  requests: 1_000_000,
  billedMs: 200_000_000,
  freeTier: false,
  decimalGb: false,
  ...changes,
})

const table = (used: Usage): string =>
  costTable(used, costLines(used), costOf(used), pc.createColors(false))

describe('an amount of money', () => {
  it.each([
    [0, '$0.00'],
    [0.004_16, '$0.0042'],
    [0.000_000_2, '$0.00000020'],
    [0.099_9, '$0.10'],
    [0.1, '$0.10'],
    [0.626_67, '$0.63'],
    [1_234_567.891, '$1,234,567.89'],
  ])('of %d is shown as %s', (usd, text) => {
    expect(formatUsd(usd)).toBe(text)
  })

  it('is rounded with the others of its sum so that what is shown adds up', () => {
    const amounts = fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { minLength: 1 })
    fc.assert(
      fc.property(amounts, fc.integer({ min: 2, max: 6 }), (usds, decimals) => {
        const { parts, total } = roundedParts(usds, decimals)
        const units = (text: string) =>
          Math.round(Number(text.replaceAll(/[$,]/g, '')) * 10 ** decimals)
        expect(parts.reduce((sum, part) => sum + units(part), 0)).toBe(units(total))
        for (const [index, part] of parts.entries()) {
          const error = Math.abs(units(part) - (usds[index] as number) * 10 ** decimals)
          expect(error).toBeLessThanOrEqual(1.001)
        }
      }),
    )
  })
})

describe('a cost in one line', () => {
  it("is the textbook's with decimal GB", () => {
    expect(costLine(costOf(usage({ decimalGb: true })))).toBe(
      '$0.43 duration + $0.20 requests = $0.63',
    )
  })

  it('names storage and provisioned concurrency where there are any', () => {
    const provisioned = { instances: 10, seconds: 3_600, billedMs: 0 }
    const cost = costOf(usage({ ephemeralStorageMb: 10_240, provisioned }))
    expect(costLine(cost)).toBe(
      '$0.41 duration + $0.20 requests + $0.06 storage + $0.02 provisioned = $0.69',
    )
  })
})

describe('a bill', () => {
  it('shows its arithmetic, and of when and where its prices are', () => {
    expect(table(usage())).toBe(
      `1,000,000 requests a month, 128 MB on x86_64 in us-east-1

                 amount             price  US dollars
requests      1,000,000  ×     $0.0000002     $0.2000
duration    25,000 GB-s  ×  $0.0000166667     $0.4167
total                                         $0.6167

$0.42 duration + $0.20 requests = $0.62
duration: 128 / 1,024 GB × 200,000 s billed = 25,000 GB-s
prices of 2026-09-19: AWS Price List API, offer AWSLambda`,
    )
  })

  it('shows what the free tier takes off', () => {
    const text = table(usage({ freeTier: true }))
    expect(text).toMatch(/requests +free tier +1,000,000 +× +free +\$0\.0000/)
    expect(text).toMatch(/duration +free tier +25,000 GB-s +× +free +\$0\.0000/)
  })

  it('says what it takes for granted', () => {
    expect(table(usage({ decimalGb: true }))).toContain('1 GB taken as 1,000 MB')
    const provisioned = { instances: 10, seconds: 3_600, billedMs: 0 }
    const text = table(usage({ region: 'eu-west-1', provisioned, freeTier: true }))
    expect(text).toContain('no free tier: it does not cover functions with provisioned concurrency')
    expect(text).toContain('storage and provisioned: AWS Pricing Calculator')
  })

  it('is at most 100 columns wide, also for ten billion requests', () => {
    const provisioned = { instances: 1_000, seconds: 2_628_000, billedMs: 1e12 }
    const much = {
      requests: 1e10,
      billedMs: 2e12,
      memorySizeMb: 10_240,
      ephemeralStorageMb: 10_240,
    }
    for (const line of table(usage({ ...much, provisioned })).split('\n')) {
      expect(line.length).toBeLessThanOrEqual(100)
    }
  })
})
