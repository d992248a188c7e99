import type { Cost } from '../../measure/cost/cost.ts'
import type { Markup } from './escape.ts'
import { count, dateText, usd } from './numbers.ts'
import { type Cell, table } from './tables.ts'

/** What it would cost, and of which parts that is made. */
export function costTable(
  caption: string,
  rows: readonly { readonly head: Cell; readonly cost: Cost }[],
): Markup {
  const [first] = rows
  if (first === undefined) return table(caption, [], [])
  const { pricesAsOf, region, freeTier } = first.cost
  const parts = PARTS.filter(([, of]) => rows.some(({ cost }) => of(cost) !== 0))
  return table(
    caption,
    [
      { name: '' },
      { name: 'CPU', isText: true },
      { name: 'requests' },
      { name: 'GB-seconds' },
      ...parts.map(([name]) => ({ name })),
      { name: 'total', isMain: true },
    ],
    rows.map(({ head, cost }) => ({
      head,
      cells: [
        cost.architecture,
        count(cost.requests),
        count(Math.round(cost.gbSeconds * 10) / 10),
        ...parts.map(([, of]) => usd(of(cost))),
        usd(cost.totalUsd),
      ],
    })),
    `US dollars, prices of ${region} as of ${dateText(pricesAsOf).split(',')[0]}, ${freeTier ? 'after' : 'without'} the free tier.`,
  )
}

/** Those that nobody pays for are left out. */
const PARTS: readonly (readonly [string, (cost: Cost) => number])[] = [
  ['for requests', ({ requestsUsd }) => requestsUsd],
  ['for duration', ({ durationUsd }) => durationUsd],
  ['for storage', ({ ephemeralStorageUsd }) => ephemeralStorageUsd],
  ['provisioned', ({ provisionedUsd }) => provisionedUsd],
]
