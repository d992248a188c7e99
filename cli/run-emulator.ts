import type { Emulator } from '../runtime/emulator.ts'
import type { EmulatorOptions } from '../runtime/emulator-options.ts'
import { exitCodeOfSignal, type StopSignal, stopSignal } from './stop-signal.ts'

/**
 * Starts a controller, hands it to `use` and closes it, also when `use` fails or a signal comes.
 * After a signal what `use` throws is of no interest: it was interrupted.
 */
export async function runEmulator(
  options: EmulatorOptions,
  use: (emulator: Emulator) => Promise<void>,
): Promise<void> {
  // Loaded only now: bad input is refused without waiting for it.
  const { createEmulator } = await import('../runtime/emulator.ts')
  const emulator = await createEmulator(options)
  const stop = stopSignal()
  let signal: StopSignal | undefined
  void stop.came.then((name) => {
    signal = name
    void emulator.close()
  })
  try {
    await use(emulator)
  } catch (error) {
    if (signal === undefined) throw error
  } finally {
    await emulator.close()
    stop.forget()
  }
  if (signal !== undefined) process.exitCode = exitCodeOfSignal(signal)
}
