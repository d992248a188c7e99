/** Lines without a terminal: one in so many, so that a log shows that it goes on. */
const LINES_PER_RUN = 10
const ERASE_LINE = '\r\x1b[2K'

/**
 * Shows how far a run has come, on standard error: one line that rewrites itself on a terminal, a
 * few lines elsewhere.
 */
export class Progress {
  readonly #startedMs = performance.now()
  readonly #stream = process.stderr
  #shownPart = 0

  show(done: number, total: number, unit: string): void {
    const passedS = (performance.now() - this.#startedMs) / 1_000
    const leftS = done === 0 ? undefined : (passedS / done) * (total - done)
    const left = leftS === undefined ? '' : `, about ${leftS.toFixed(0)} s left`
    const text = `${done} of ${total} ${unit}${left}`
    if (this.#stream.isTTY) {
      this.#stream.write(`${ERASE_LINE}${text}`)
      return
    }
    const part = Math.floor((done / total) * LINES_PER_RUN)
    if (part > this.#shownPart) this.#stream.write(`${text}\n`)
    this.#shownPart = part
  }

  /** Removes the line from the terminal. */
  end(): void {
    if (this.#stream.isTTY) this.#stream.write(ERASE_LINE)
  }
}
