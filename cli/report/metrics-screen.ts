import { stripVTControlCharacters } from 'node:util'
import { counted } from './counted.ts'

/** What `sandlot metrics --watch` draws on: standard output. */
export interface ScreenStream {
  readonly isTTY?: boolean | undefined
  readonly columns?: number | undefined
  readonly rows?: number | undefined
  write(text: string): unknown
}

/** A second screen without a cursor; the one before comes back at the end. */
const ENTER = '\x1b[?1049h\x1b[?25l'
const LEAVE = '\x1b[?25h\x1b[?1049l'
const HOME = '\x1b[H'
const ERASE_TO_END = '\x1b[K'
const ERASE_BELOW = '\x1b[J'

/** Shows one text after the other: in one place on a terminal, and one below the other elsewhere. */
export class MetricsScreen {
  readonly #stream: ScreenStream
  #last: string | undefined

  constructor(stream: ScreenStream = process.stdout) {
    this.#stream = stream
    if (stream.isTTY !== true) return
    process.on('exit', this.#leave)
    stream.write(ENTER)
  }

  show(text: string): void {
    if (this.#stream.isTTY === true) this.#draw(text)
    else this.#stream.write(`${this.#last === undefined ? '' : '\n'}${text}\n`)
    this.#last = text
  }

  /** What was shown last stays on the terminal. */
  end(): void {
    if (this.#stream.isTTY !== true) return
    process.off('exit', this.#leave)
    this.#leave()
    if (this.#last !== undefined) this.#stream.write(`${this.#last}\n`)
  }

  /** Also where the process ends at once, as after a second Ctrl-C. */
  readonly #leave = (): void => void this.#stream.write(LEAVE)

  /** In one write, each line over the old one: nothing flickers. What does not fit is cut off. */
  #draw(text: string): void {
    // A terminal that does not know its size says 0.
    const columns = this.#stream.columns || 80
    const rows = this.#stream.rows || 24
    const drawn = fitting(text.split('\n'), rows - 1)
      .map((line) => `${cut(line, columns)}${ERASE_TO_END}\n`)
      .join('')
    this.#stream.write(`${HOME}${drawn}${ERASE_BELOW}`)
  }
}

function fitting(lines: readonly string[], rows: number): string[] {
  if (lines.length <= rows) return [...lines]
  const shown = lines.slice(0, rows - 1)
  return [...shown, `… ${counted(lines.length - shown.length, 'line')} more`]
}

/** A line that is too long loses its colours with its end. */
function cut(line: string, width: number): string {
  const plain = stripVTControlCharacters(line)
  return plain.length < width ? line : `${plain.slice(0, width - 2)}…`
}
