import type { Cost } from '../../measure/cost/cost.ts'

/**
 * US dollars in cents; less than ten cents with two digits that mean something.
 *
 * @param decimals as many as that, where amounts stand below each other.
 */
export function formatUsd(usd: number, decimals = usdDecimals(usd)): string {
  return `$${usd.toLocaleString('en-US', {
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
  })}`
}

/** `$0.42 duration + $0.20 requests = $0.62`; what cost nothing is left out, but for these two. */
export function costLine(cost: Cost): string {
  const decimals = usdDecimals(cost.totalUsd)
  const named: [number, string][] = [
    [cost.durationUsd, 'duration'],
    [cost.requestsUsd, 'requests'],
  ]
  if (cost.ephemeralStorageUsd > 0) named.push([cost.ephemeralStorageUsd, 'storage'])
  if (cost.provisionedUsd > 0) named.push([cost.provisionedUsd, 'provisioned'])
  const { parts, total } = roundedParts(
    named.map(([usd]) => usd),
    decimals,
  )
  const terms = named.map(([, name], index) => `${parts[index]} ${name}`)
  return `${terms.join(' + ')} = ${total}`
}

/** How many decimals `formatUsd` gives an amount. */
export function usdDecimals(usd: number): number {
  // Rounded first: 0.0999 is $0.10, not $0.100.
  const rounded = Number(usd.toPrecision(2))
  if (rounded === 0 || rounded >= 0.1) return 2
  return Math.min(MOST_DECIMALS, 1 - Math.floor(Math.log10(rounded)))
}

const MOST_DECIMALS = 12

/**
 * Amounts rounded so that what is shown adds up to the total that is shown: each is rounded down, and
 * the rest goes to those that lost most by it.
 */
export function roundedParts(
  usds: readonly number[],
  decimals: number,
): { readonly parts: readonly string[]; readonly total: string } {
  const scale = 10 ** decimals
  const totalUnits = Math.round(usds.reduce((sum, usd) => sum + usd, 0) * scale)
  const units = usds.map((usd) => Math.floor(usd * scale))
  const byLoss = usds
    .map((usd, index) => ({ index, loss: usd * scale - Math.floor(usd * scale) }))
    .sort((a, b) => b.loss - a.loss)
  const rest = totalUnits - units.reduce((sum, each) => sum + each, 0)
  for (const { index } of byLoss.slice(0, rest)) units[index] = (units[index] ?? 0) + 1
  return {
    parts: units.map((each) => formatUsd(each / scale, decimals)),
    total: formatUsd(totalUnits / scale, decimals),
  }
}
