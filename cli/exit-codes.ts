import { isSandlotError } from '../runtime/kernel/errors.ts'

/** What a script can tell from the exit code. */
export const EXIT = {
  success: 0,
  /** The emulator or the machine failed. */
  failure: 1,
  /** Bad usage or bad input; nothing was started. */
  badInput: 2,
  /** The function answered with an error. */
  functionError: 3,
  /** The function ran out of time. */
  timeout: 4,
  /** The invocation was throttled. */
  throttled: 5,
} as const

/** What the user typed is wrong: shown as one line. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/** The exit code that an error stands for. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof UsageError) return EXIT.badInput
  if (!isSandlotError(error)) return EXIT.failure
  if (error.code === 'TooManyRequests') return EXIT.throttled
  return error.fault === 'caller' ? EXIT.badInput : EXIT.failure
}

/** One line that says what was wrong, and one more with what to do where there is something. */
export function messageOf(error: unknown): string {
  if (process.env.SANDLOT_DEBUG === '1' && error instanceof Error) {
    return `sandlot: ${error.stack ?? error.message}`
  }
  const text = error instanceof Error ? error.message : String(error)
  if (!isSandlotError(error)) return `sandlot: ${text}`
  const reason = error.throttle === undefined ? '' : ` (${error.throttle})`
  const hint = error.hint === undefined ? '' : `\n         ${error.hint}`
  return `sandlot: ${text}${reason}${hint}`
}
