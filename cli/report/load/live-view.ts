import { stripVTControlCharacters } from 'node:util'
import type { SecondRow, WorkloadSummary } from '../../measure/results/load-result.ts'
import { type Colours, colours } from '../colours.ts'
import { type LiveState, liveFrame, liveLine } from './live-frame.ts'

const HIDE_CURSOR = '\x1b[?25l'
const SHOW_CURSOR = '\x1b[?25h'
const ERASE_TO_END = '\x1b[K'
const ERASE_BELOW = '\x1b[J'

/** Without a terminal: a line after the first second, and after every so many. */
const SECONDS_PER_LINE = 5

/** What a live view writes to: standard error. */
export interface LiveStream {
  readonly isTTY?: boolean | undefined
  readonly columns?: number | undefined
  write(text: string): unknown
}

/**
 * Shows a load test while it runs: a block that is drawn anew in its place on a terminal, and a line
 * now and then elsewhere. The cursor is back, and the block is gone, after `end`.
 */
export class LiveView {
  readonly #stream: LiveStream
  readonly #paint: Colours
  readonly #label: string
  readonly #rows: SecondRow[] = []
  readonly #startMs = performance.now()
  readonly #workload: WorkloadSummary
  #drawnLines = 0
  #isStopping = false

  constructor(
    label: string,
    workload: WorkloadSummary,
    stream: LiveStream = process.stderr,
    paint: Colours = colours.stderr,
  ) {
    this.#label = label
    this.#workload = workload
    this.#stream = stream
    this.#paint = paint
    if (stream.isTTY === true) {
      process.on('exit', this.#restore)
      stream.write(HIDE_CURSOR)
      this.#draw()
    }
  }

  second(row: SecondRow): void {
    this.#rows.push(row)
    if (this.#stream.isTTY === true) this.#draw()
    else if (this.#rows.length % SECONDS_PER_LINE === 1) {
      this.#stream.write(`${liveLine(this.#state(), this.#paint)}\n`)
    }
  }

  stopping(): void {
    this.#isStopping = true
    if (this.#stream.isTTY === true) this.#draw()
  }

  end(): void {
    if (this.#stream.isTTY !== true) return
    process.off('exit', this.#restore)
    this.#stream.write(`${this.#toTop()}${ERASE_BELOW}`)
    this.#drawnLines = 0
    this.#restore()
  }

  /** Also where the process ends at once, as after a second Ctrl-C. */
  readonly #restore = (): void => void this.#stream.write(SHOW_CURSOR)

  /** In one write, each line over the old one: nothing flickers. */
  #draw(): void {
    const columns = this.#stream.columns || 80
    const lines = liveFrame(this.#state(), columns, this.#paint)
    // One that the terminal would break into two would spoil the counting of lines.
    const text = lines.map((line) => `${cut(line, columns - 1)}${ERASE_TO_END}\n`).join('')
    this.#stream.write(`${this.#toTop()}${text}${ERASE_BELOW}`)
    this.#drawnLines = lines.length
  }

  #toTop(): string {
    return this.#drawnLines === 0 ? '' : `\x1b[${this.#drawnLines}A\r`
  }

  #state(): LiveState {
    return {
      label: this.#label,
      workload: this.#workload,
      passedMs: performance.now() - this.#startMs,
      rows: this.#rows,
      isStopping: this.#isStopping,
    }
  }
}

/** A line that is too long loses its colours with its end. */
function cut(line: string, width: number): string {
  const plain = stripVTControlCharacters(line)
  return plain.length <= width ? line : `${plain.slice(0, width - 1)}…`
}
