import type { Cost, Usage } from '../../measure/cost/cost.ts'
import type { CostLine } from '../../measure/cost/cost-lines.ts'
import { mbPerGb } from '../../measure/cost/gb-seconds.ts'
import { CALCULATOR_SOURCE, PRICES_SOURCE } from '../../measure/cost/prices.ts'
import type { Colours } from '../colours.ts'
import { plainTable } from '../plain-table.ts'
import { costLine, roundedParts, usdDecimals } from './cost-text.ts'

/** A bill with its arithmetic, and where its prices are from. */
export function costTable(
  usage: Usage,
  lines: readonly CostLine[],
  cost: Cost,
  paint: Colours,
): string {
  const table = plainTable(['', '', 'amount', '', 'price', 'US dollars'], 2, paint)
  const { parts, total } = roundedParts(
    lines.map(({ usd }) => usd),
    usdDecimals(cost.totalUsd) + (cost.totalUsd < 1_000 ? 2 : 0),
  )
  for (const [index, { part, detail, quantity, unit, unitUsd }] of lines.entries()) {
    const amount = `${formatQuantity(quantity)}${unit === 'GB-s' ? ' GB-s' : ''}`
    table.push([
      part === lines[index - 1]?.part ? '' : part,
      paint.dim(detail ?? ''),
      amount,
      '×',
      unitUsd === 0 ? 'free' : formatUnitPrice(unitUsd),
      parts[index],
    ])
  }
  table.push([paint.bold('total'), '', '', '', '', paint.bold(total)])
  return [
    heading(usage, paint),
    '',
    table.toString().replaceAll(/ +$/gm, ''),
    '',
    costLine(cost),
    ...notes(usage, cost).map((note) => paint.dim(note)),
  ].join('\n')
}

function heading({ region, architecture, memorySizeMb, requests }: Usage, paint: Colours): string {
  const size = `${memorySizeMb.toLocaleString('en-US')} MB`
  return paint.bold(
    `${formatQuantity(requests)} requests a month, ${size} on ${architecture} in ${region}`,
  )
}

function notes(usage: Usage, cost: Cost): string[] {
  const { memorySizeMb, billedMs, decimalGb, region, provisioned, ephemeralStorageMb } = usage
  const size = `${memorySizeMb.toLocaleString('en-US')} / ${mbPerGb(decimalGb).toLocaleString('en-US')} GB`
  const seconds = `${formatQuantity(billedMs / 1_000)} s`
  const notes = [
    `duration: ${size} × ${seconds} billed = ${formatQuantity(cost.gbSeconds)} GB-s`,
    ...(decimalGb ? ['1 GB taken as 1,000 MB: AWS takes 1,024, which is 2.3 % less'] : []),
  ]
  if (provisioned !== undefined) {
    notes.push('provisioned instances take all of the work that they have time for')
    notes.push('no free tier: it does not cover functions with provisioned concurrency')
  }
  notes.push(`prices of ${cost.pricesAsOf}: ${PRICES_SOURCE}`)
  const isFromCalculator =
    region !== 'us-east-1' && (provisioned !== undefined || ephemeralStorageMb > 512)
  if (isFromCalculator) notes.push(`storage and provisioned: ${CALCULATOR_SOURCE}`)
  return notes
}

/** All digits that the price list has, and no exponent. */
const formatUnitPrice = (usd: number): string => `$${usd.toFixed(10).replace(/0+$/, '')}`

const formatQuantity = (quantity: number): string =>
  quantity.toLocaleString('en-US', { maximumFractionDigits: quantity < 1e6 ? 2 : 0 })
