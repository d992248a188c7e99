import { UsageError } from '../../exit-codes.ts'
import { PRICED_REGIONS } from '../cost/prices.ts'
import type { LoadOptions } from './load-options.ts'
import type { LoadTarget } from './load-plan.ts'

/** @throws UsageError for a region without prices; where AWS itself is the target any will do. */
export function checkRegion({ kind }: LoadTarget, { region, endpoint }: LoadOptions): void {
  if (kind === 'url' || endpoint === 'aws' || PRICED_REGIONS.includes(region)) return
  throw new UsageError(
    `--region ${region}: its prices are not known`,
    `Known are ${PRICED_REGIONS.join(', ')}.`,
  )
}
