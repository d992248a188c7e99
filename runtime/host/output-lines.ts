import { StringDecoder } from 'node:string_decoder'

/** Longer lines are cut: one log event holds at most this many characters. */
const MAX_LINE = 262_144

/**
 * Turns what a process writes to stdout or stderr into lines. What it holds is bounded by the
 * longest line, however much is written without a line feed.
 */
export class OutputLines {
  readonly #decoder = new StringDecoder('utf8')
  readonly #onLine: (line: string) => void
  #rest = ''

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine
  }

  push(piece: Buffer): void {
    const lines = (this.#rest + this.#decoder.write(piece)).split('\n')
    this.#rest = lines.pop() ?? ''
    for (const line of lines) this.#emit(line)
    if (this.#rest.length >= MAX_LINE) this.flush()
  }

  /** Takes what is there as a line, though no line feed has come. */
  flush(): void {
    if (this.#rest !== '') this.#emit(this.#rest)
    this.#rest = ''
  }

  #emit(line: string): void {
    for (let start = 0; start === 0 || start < line.length; start += MAX_LINE) {
      this.#onLine(line.slice(start, start + MAX_LINE))
    }
  }
}
