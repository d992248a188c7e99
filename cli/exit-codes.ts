import { CommanderError } from 'commander'
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
  /** Something that was asserted of a result does not hold. */
  assertionFailed: 6,
} as const

/** What the user typed is wrong: shown as one line, with the hint below it. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
  readonly hint: string | undefined

  constructor(message: string, hint?: string) {
    super(message)
    this.hint = hint
  }
}

/**
 * Says on standard error what was wrong, and returns the exit code that it stands for. The one place
 * where errors become text.
 *
 * @param word the command that was asked for, as typed.
 */
export function reportError(error: unknown, word: string | undefined): number {
  // Commander has printed help and versions itself, also where a command is missing.
  const isPrinted = error instanceof CommanderError && /help|version/i.test(error.code)
  if (!isPrinted) console.error(messageOf(error, word))
  return exitCodeOf(error)
}

/** The exit code that an error stands for. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof UsageError) return EXIT.badInput
  if (error instanceof CommanderError) {
    return error.exitCode === 0 ? EXIT.success : EXIT.badInput
  }
  if (!isSandlotError(error)) return EXIT.failure
  if (error.code === 'TooManyRequests') return EXIT.throttled
  return error.fault === 'caller' ? EXIT.badInput : EXIT.failure
}

/** One line that says what was wrong, and one more with what to do where there is something. */
export function messageOf(error: unknown, word?: string): string {
  const { text, hint } = partsOf(error, word)
  const isDebug = process.env.SANDLOT_DEBUG === '1' && error instanceof Error
  const lines = [`sandlot: ${oneLine(text)}`]
  if (hint !== undefined) lines.push(`         ${hint}`)
  if (isDebug) lines.push(stackOf(error))
  return lines.join('\n')
}

interface Parts {
  readonly text: string
  readonly hint: string | undefined
}

function partsOf(error: unknown, word: string | undefined): Parts {
  if (error instanceof CommanderError) {
    const command = word === undefined || /^-|^help$/.test(word) ? '' : ` ${word}`
    const isCommand = error.code !== 'commander.unknownCommand'
    return {
      text: error.message.replace(/^error: /, ''),
      hint: `Run 'sandlot${isCommand ? command : ''} --help' for what is allowed.`,
    }
  }
  if (error instanceof UsageError) return { text: error.message, hint: error.hint }
  if (isSandlotError(error)) {
    const reason = error.throttle === undefined ? '' : ` (${error.throttle})`
    return { text: `${error.message}${reason}`, hint: error.hint }
  }
  return {
    text: error instanceof Error ? error.message : String(error),
    hint: 'SANDLOT_DEBUG=1 shows where it comes from.',
  }
}

const oneLine = (text: string): string => text.trim().replaceAll(/\s*\n\s*/g, ' ')

function stackOf(error: Error): string {
  const stack = error.stack ?? error.message
  return error.cause instanceof Error ? `${stack}\ncaused by ${stackOf(error.cause)}` : stack
}
