import { constants } from 'node:os'
import type { Emulator } from '../runtime/emulator.ts'

/**
 * Starts a controller, hands it to `use` and closes it, also when `use` fails or a signal comes.
 * After a signal what `use` throws is of no interest: it was interrupted.
 */
export async function runEmulator(use: (emulator: Emulator) => Promise<void>): Promise<void> {
  // Loaded only now: bad input is refused without waiting for it.
  const { createEmulator } = await import('../runtime/emulator.ts')
  const emulator = await createEmulator()
  let signal: 'SIGINT' | 'SIGTERM' | undefined
  const interrupt = (name: 'SIGINT' | 'SIGTERM'): void => {
    // The second signal does not wait: what it leaves is killed and reaped.
    if (signal !== undefined) process.exit(exitCodeOf(name))
    signal = name
    void emulator.close()
  }
  process.on('SIGINT', interrupt)
  process.on('SIGTERM', interrupt)
  try {
    await use(emulator)
  } catch (error) {
    if (signal === undefined) throw error
  } finally {
    await emulator.close()
    process.off('SIGINT', interrupt)
    process.off('SIGTERM', interrupt)
  }
  if (signal !== undefined) process.exitCode = exitCodeOf(signal)
}

/** As shells tell a signal. */
const exitCodeOf = (signal: 'SIGINT' | 'SIGTERM'): number => 128 + constants.signals[signal]
