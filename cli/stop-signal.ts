import { constants } from 'node:os'

/** A terminal that is closed sends SIGHUP. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

export type StopSignal = (typeof SIGNALS)[number]

/**
 * Signals that follow each other faster are one: npm passes on the Ctrl-C that the terminal has sent
 * to its child already.
 */
const ONE_PRESS_MS = 300

/** The first signal asks for an orderly end; the second ends the process, and what it leaves is killed. */
export function stopSignal(): { readonly came: Promise<StopSignal>; forget(): void } {
  let onSignal: (signal: StopSignal) => void
  const came = new Promise<StopSignal>((resolve) => {
    let askedMs: number | undefined
    onSignal = (signal) => {
      const nowMs = performance.now()
      askedMs ??= nowMs
      if (nowMs - askedMs > ONE_PRESS_MS) process.exit(exitCodeOfSignal(signal))
      resolve(signal)
    }
    for (const signal of SIGNALS) process.on(signal, onSignal)
  })
  return {
    came,
    forget: () => {
      for (const signal of SIGNALS) process.off(signal, onSignal)
    },
  }
}

/** As shells tell a signal. */
export const exitCodeOfSignal = (signal: StopSignal): number => 128 + constants.signals[signal]
