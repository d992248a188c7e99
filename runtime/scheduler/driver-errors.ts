import { SandlotError, type ThrottleReason } from '../kernel/errors.ts'
import type { RequestId } from '../kernel/ids.ts'
import { US_PER_SECOND } from '../kernel/units.ts'

/** Why an invocation did not run, for whoever asked for it. */

export const closingError = (): SandlotError =>
  new SandlotError('Closing', 'The emulator is closing and takes no more work.')

export const duplicateError = (requestId: RequestId): SandlotError =>
  new SandlotError('ResourceConflict', `An invocation with request id ${requestId} is running`)

export const lostError = (cause: unknown): SandlotError =>
  new SandlotError(
    'SandboxUnavailable',
    `The sandbox could not be run: ${cause instanceof Error ? cause.message : String(cause)}`,
    { cause },
  )

/** Texts as recorded from the real service (AWS Lambda API reference, `Invoke`, Errors). */
export function throttleError(
  throttle: ThrottleReason,
  retryAfterUs: number | undefined,
): SandlotError {
  const message = throttle === 'CallerRateLimitExceeded' ? 'Rate exceeded' : 'Rate Exceeded.'
  if (retryAfterUs === undefined) return new SandlotError('TooManyRequests', message, { throttle })
  const retryAfterSeconds = Math.max(1, Math.ceil(retryAfterUs / US_PER_SECOND))
  return new SandlotError('TooManyRequests', message, { throttle, retryAfterSeconds })
}

export const memoryError = (budgetMb: number, takenMb: number): SandlotError =>
  new SandlotError(
    'SandboxUnavailable',
    `No memory for another sandbox: busy ones take ${Math.round(takenMb)} of the ${Math.round(budgetMb)} MB that sandboxes may take on this machine`,
    { hint: 'Let fewer run at once, or raise the memory budget if the machine has more to give.' },
  )
