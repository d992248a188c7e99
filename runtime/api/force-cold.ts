import type { IncomingHttpHeaders } from 'node:http'
import { SandlotError } from '../kernel/errors.ts'

/**
 * Whether a request asks for a cold start: `X-Sandlot-Force-Cold: true`. A header of ours, which AWS
 * does not know.
 *
 * @throws SandlotError `InvalidParameterValue` for another value than true and false.
 */
export function forceColdIn(headers: IncomingHttpHeaders): boolean {
  const value = headers['x-sandlot-force-cold']
  if (value === undefined || value === 'false') return false
  if (value === 'true') return true
  throw new SandlotError(
    'InvalidParameterValue',
    `X-Sandlot-Force-Cold: '${String(value)}' must be true or false`,
  )
}
