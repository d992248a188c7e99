import { describe, expect, it } from 'vitest'
import { pageOf } from '../../../runtime/api/paging.ts'

const ROWS = ['a', 'b', 'c', 'd', 'e']
const page = (query: string, rows = 3) =>
  pageOf(ROWS, new URLSearchParams(query), { maxItems: 4, rows })

describe('a page of a list', () => {
  it('has as many rows as were asked for, and no more than there may be', () => {
    expect(page('MaxItems=2').rows).toEqual(['a', 'b'])
    expect(page('').rows).toEqual(['a', 'b', 'c'])
    expect(page('MaxItems=4').rows).toEqual(['a', 'b', 'c'])
  })

  it('says where the next one begins, and the last says nothing', () => {
    const { rows, next } = page(`MaxItems=3&Marker=${page('').next?.NextMarker}`)
    expect(rows).toEqual(['d', 'e'])
    expect(next).toBeUndefined()
    expect(page('', 5)).toEqual({ rows: ROWS, next: undefined })
    expect(page('Marker=9')).toEqual({ rows: [], next: undefined })
  })

  const failed = (value: string, must: string): string =>
    `1 validation error detected: Value '${value}' at 'maxItems' failed to satisfy constraint: Member must have value ${must}`

  it.each([
    ['MaxItems=0', failed('0', 'greater than or equal to 1')],
    ['MaxItems=x', failed('x', 'greater than or equal to 1')],
    ['MaxItems=5', failed('5', 'less than or equal to 4')],
    ['Marker=x', "Invalid Marker: 'x'"],
  ])('of %s is refused', (query, says) => {
    expect(() => page(query)).toThrow(says)
  })
})
