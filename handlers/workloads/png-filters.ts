/** How a row of a PNG was written: as it is, or as differences to bytes before it. */
export const FILTERS = { none: 0, sub: 1, up: 2, average: 3, paeth: 4 } as const

/**
 * What a filter expects a byte to be. PNG (ISO/IEC 15948), 9.2 "Filter types for filter method 0".
 *
 * @param left the byte one pixel before, `up` the one in the row above, `upLeft` the one before that.
 */
export function predicted(filter: number, left: number, up: number, upLeft: number): number {
  switch (filter) {
    case FILTERS.none:
      return 0
    case FILTERS.sub:
      return left
    case FILTERS.up:
      return up
    case FILTERS.average:
      return (left + up) >> 1
    case FILTERS.paeth:
      return nearest(left, up, upLeft)
    default:
      throw new Error(`This PNG has a filter of type ${filter}; there are 0 to 4`)
  }
}

/** Of the three, what is nearest to `left + up - upLeft`; left before up before upper left. */
function nearest(left: number, up: number, upLeft: number): number {
  const aim = left + up - upLeft
  const [toLeft, toUp, toUpLeft] = [
    Math.abs(aim - left),
    Math.abs(aim - up),
    Math.abs(aim - upLeft),
  ]
  if (toLeft <= toUp && toLeft <= toUpLeft) return left
  return toUp <= toUpLeft ? up : upLeft
}
