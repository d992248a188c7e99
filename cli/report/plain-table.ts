import Table from 'cli-table3'
import { colours } from './colours.ts'

/**
 * A table without lines.
 *
 * @param textColumns how many columns from the left hold text; the others hold numbers.
 */
export function plainTable(
  head: readonly string[],
  textColumns = 3,
  { dim } = colours.stdout,
): Table.Table {
  const top = { top: '', 'top-mid': '', 'top-left': '', 'top-right': '' }
  const mid = { left: '', 'left-mid': '', mid: '', 'mid-mid': '', right: '', 'right-mid': '' }
  const bottom = { bottom: '', 'bottom-mid': '', 'bottom-left': '', 'bottom-right': '' }
  return new Table({
    head: head.map((text) => dim(text)),
    chars: { ...top, ...mid, ...bottom, middle: ' ' },
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 1 },
    colAligns: head.map((_, index) => (index < textColumns ? 'left' : 'right')),
  })
}
