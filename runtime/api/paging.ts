import { failedConstraint } from '../functions/validation.ts'
import { SandlotError } from '../kernel/errors.ts'

/** A part of a list, and where the next one begins: absent for the last. */
export interface Page<Row> {
  readonly rows: readonly Row[]
  readonly next: { readonly NextMarker: string } | undefined
}

/**
 * The part of a list that `Marker` and `MaxItems` in a query ask for.
 *
 * @param limits the most that `MaxItems` may be, and how many rows there are at most whatever it says.
 * @throws SandlotError `Validation` for `MaxItems`, `InvalidParameterValue` for `Marker`.
 */
export function pageOf<Row>(
  rows: readonly Row[],
  query: URLSearchParams,
  limits: { readonly maxItems: number; readonly rows: number },
): Page<Row> {
  const from = markerIn(query)
  const to = from + Math.min(maxItemsIn(query, limits.maxItems) ?? limits.rows, limits.rows)
  return {
    rows: rows.slice(from, to),
    next: to < rows.length ? { NextMarker: String(to) } : undefined,
  }
}

function markerIn(query: URLSearchParams): number {
  const text = query.get('Marker') ?? '0'
  if (/^\d{1,9}$/.test(text)) return Number(text)
  throw new SandlotError('InvalidParameterValue', `Invalid Marker: '${text}'`)
}

function maxItemsIn(query: URLSearchParams, most: number): number | undefined {
  const text = query.get('MaxItems')
  if (text === null) return undefined
  const value = /^-?\d{1,9}$/.test(text) ? Number(text) : Number.NaN
  if (value >= 1 && value <= most) return value
  const constraint =
    value > most
      ? `Member must have value less than or equal to ${most}`
      : 'Member must have value greater than or equal to 1'
  throw failedConstraint('maxItems', text, constraint)
}
