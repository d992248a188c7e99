/**
 * Node's timers fire up to a millisecond early or late. So it sleeps until this long before the next
 * request is due, and then looks at the clock in every turn of the event loop.
 */
const SPIN_MS = 1.5

/** When late, sends no more than this in one turn: answers that have come are to be read as well. */
const MOST_PER_TURN = 32

export interface Paced {
  /** Sends what was due at `dueMs`. */
  readonly send: (dueMs: number, nowMs: number) => void
  /** From the start, as the instants. */
  readonly nowMs: () => number
  readonly signal: AbortSignal
}

/**
 * Calls `send` at each of the instants, in order. Resolves after the last, or when it is aborted, with
 * how many were due by then and not sent.
 */
export function pace(
  instants: Iterator<number, unknown>,
  { send, nowMs, signal }: Paced,
): Promise<number> {
  return new Promise((resolve) => {
    let due = instants.next()
    let timer: NodeJS.Timeout | undefined
    let isEnded = false
    const end = (): void => {
      if (isEnded) return
      isEnded = true
      signal.removeEventListener('abort', wake)
      const endMs = nowMs()
      let overdue = 0
      for (; due.done !== true && due.value <= endMs; due = instants.next()) overdue += 1
      resolve(overdue)
    }
    const turn = (): void => {
      clearTimeout(timer)
      for (let sent = 0; sent < MOST_PER_TURN; sent += 1) {
        if (due.done === true || signal.aborted) return end()
        const now = nowMs()
        if (due.value > now) break
        send(due.value, now)
        due = instants.next()
      }
      if (due.done === true) return end()
      const leftMs = due.value - nowMs() - SPIN_MS
      if (leftMs < 1) setImmediate(turn)
      else timer = setTimeout(turn, Math.floor(leftMs))
    }
    // In a turn of its own: the one that is under way has not counted yet what it is sending.
    const wake = (): void => void setImmediate(turn)
    signal.addEventListener('abort', wake)
    turn()
  })
}
