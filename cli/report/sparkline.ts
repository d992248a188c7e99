const BARS = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'] as const

/**
 * A course over time as bars from 0 to the largest value, one cell for so many values. What is not
 * nothing can be seen; where nothing is known there is a dot.
 *
 * @param width cells; where there are more values, each cell is the largest of its own.
 */
export function sparkline(values: readonly (number | null)[], width: number): string {
  const cells = inCells(values, width)
  const most = Math.max(0, ...cells.map((cell) => cell ?? 0))
  return cells.map((cell) => (cell === null ? '·' : BARS[levelOf(cell, most)])).join('')
}

function levelOf(value: number, most: number): number {
  if (value <= 0 || most === 0) return 0
  return Math.max(1, Math.round((value / most) * (BARS.length - 1)))
}

function inCells(values: readonly (number | null)[], width: number): (number | null)[] {
  if (values.length <= width) return [...values]
  return Array.from({ length: width }, (_, index) => {
    const from = Math.floor((index * values.length) / width)
    const to = Math.floor(((index + 1) * values.length) / width)
    const known = values.slice(from, to).filter((value) => value !== null)
    return known.length === 0 ? null : Math.max(...known)
  })
}
