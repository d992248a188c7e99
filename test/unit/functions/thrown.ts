import { isSandlotError, type SandlotError } from '../../../runtime/kernel/errors.ts'

/** The error of ours that `act` throws. */
export function thrown(act: () => unknown): SandlotError {
  try {
    act()
  } catch (error) {
    if (isSandlotError(error)) return error
    throw error
  }
  throw new Error('nothing was thrown')
}
