import { UsageError } from './exit-codes.ts'
import { warn } from './report/warn.ts'
import { exitCodeOfSignal, type StopSignal, stopSignal } from './stop-signal.ts'

/**
 * Has something measured that Ctrl-C asks to end, and then to tell what it has. After a signal what
 * `measure` throws is of no interest: it was interrupted before there was anything to tell. Then the
 * exit code is the signal's.
 */
export async function untilSignal(measure: (signal: AbortSignal) => Promise<void>): Promise<void> {
  const stop = stopSignal()
  const interruption = new AbortController()
  let signal: StopSignal | undefined
  void stop.came.then((name) => {
    signal = name
    interruption.abort()
  })
  try {
    await measure(interruption.signal)
  } catch (error) {
    // A file that cannot be written is one whatever else happened.
    if (signal === undefined || error instanceof UsageError) throw error
    warn('Interrupted before anything was measured')
  } finally {
    stop.forget()
  }
  if (signal !== undefined) process.exitCode = exitCodeOfSignal(signal)
}
