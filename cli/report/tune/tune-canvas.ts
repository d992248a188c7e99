import type { Colours } from '../colours.ts'

type Formatter = Colours['cyan']

/** Dots of a braille character: two across, four down. */
const DOTS_ACROSS = 2
const DOTS_DOWN = 4
const FIRST_BRAILLE = 0x2800
/** By column, then row, as Unicode numbers them. */
const DOT_BITS = [
  [0x01, 0x02, 0x04, 0x40],
  [0x08, 0x10, 0x20, 0x80],
] as const

interface Cell {
  bits: number
  mark: string | undefined
  paint: Formatter
}

/** Lines and marks in a field of characters; 0,0 is at the lower left, 1,1 at the upper right. */
export class Canvas {
  readonly #columns: number
  readonly #cells: (Cell | undefined)[][]

  constructor(columns: number, rows: number) {
    this.#columns = columns
    this.#cells = Array.from({ length: rows }, () => [])
  }

  /** @param gap draws every so many dots: 1 is a solid line. */
  line(
    from: readonly [number, number],
    to: readonly [number, number],
    gap: number,
    paint: Formatter,
  ): void {
    const [x0, y0] = this.#dot(from)
    const [x1, y1] = this.#dot(to)
    const steps = Math.max(Math.abs(x1 - x0), Math.abs(y1 - y0), 1)
    for (let step = 0; step <= steps; step += gap) {
      const x = Math.round(x0 + ((x1 - x0) * step) / steps)
      const y = Math.round(y0 + ((y1 - y0) * step) / steps)
      const cell = this.#cell(Math.floor(x / DOTS_ACROSS), Math.floor(y / DOTS_DOWN), paint)
      cell.bits |= DOT_BITS[x % DOTS_ACROSS]?.[y % DOTS_DOWN] ?? 0
    }
  }

  mark(at: readonly [number, number], mark: string, paint: Formatter): void {
    const [x, y] = this.#dot(at)
    const cell = this.#cell(Math.floor(x / DOTS_ACROSS), Math.floor(y / DOTS_DOWN), paint)
    cell.mark = mark
    cell.paint = paint
  }

  /** From the top down, each as wide as the field. */
  rows(): string[] {
    return this.#cells.map((row) =>
      Array.from({ length: this.#columns }, (_, column) => {
        const cell = row[column]
        if (cell === undefined) return ' '
        return cell.paint(cell.mark ?? String.fromCharCode(FIRST_BRAILLE + cell.bits))
      }).join(''),
    )
  }

  #dot([x, y]: readonly [number, number]): [number, number] {
    const width = this.#columns * DOTS_ACROSS - 1
    const height = this.#cells.length * DOTS_DOWN - 1
    return [Math.round(x * width), Math.round((1 - y) * height)]
  }

  /** Whoever comes first gives the colour. */
  #cell(column: number, row: number, paint: Formatter): Cell {
    const cells = this.#cells[row] as (Cell | undefined)[]
    const cell = cells[column] ?? { bits: 0, mark: undefined, paint }
    cells[column] = cell
    return cell
  }
}
