import { endLine, logLine } from './log-lines.ts'
import type { PlatformEvent } from './platform-events.ts'

/** Characters kept for one invocation, line feeds included; a handler that floods its log must not grow the controller. */
const MAX_CHARACTERS = 1_048_576

/**
 * The log of one invocation, from INIT_START or START to REPORT. Bounded: once full, the function's
 * further lines are counted instead of kept, and a line says how many there were. Platform lines are
 * always kept.
 */
export class InvocationLog {
  readonly #lines: string[] = []
  #characters = 0
  #dropped = 0

  add(event: PlatformEvent): void {
    const line = logLine(event)
    if (line === undefined) return
    const characters = this.#characters + line.length + 1
    // Once one line was dropped, all further ones are: what is kept has no gaps.
    if (event.type === 'function' && (this.#dropped > 0 || characters > MAX_CHARACTERS)) {
      this.#dropped += 1
      return
    }
    this.#characters = characters
    if (event.type === 'platform.report') this.#end(event.requestId)
    this.#lines.push(line)
  }

  /** In order, without line feeds at their ends. */
  lines(): readonly string[] {
    return this.#lines
  }

  #end(requestId: string): void {
    if (this.#dropped > 0) {
      this.#lines.push(
        `[sandlot] ${this.#dropped} more lines dropped: the log of one invocation is kept up to 1 MB`,
      )
    }
    this.#lines.push(endLine(requestId))
  }
}
