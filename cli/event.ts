import { readFileSync } from 'node:fs'
import { UsageError } from './exit-codes.ts'

/**
 * The event that `-e` means: JSON itself, `@file`, or `-` for standard input.
 *
 * @throws UsageError when the file is not there or the text is not JSON.
 */
export function readEvent(event: string): string {
  const text = readText(event)
  try {
    JSON.parse(text)
  } catch (error) {
    throw new UsageError(`--event${sourceOf(event)} is not JSON: ${(error as Error).message}`)
  }
  return text
}

function readText(event: string): string {
  if (event !== '-' && !event.startsWith('@')) return event
  try {
    return readFileSync(event === '-' ? 0 : event.slice(1), 'utf8')
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'there is no such file' : ''
    throw new UsageError(`--event ${event} cannot be read: ${reason || (error as Error).message}`)
  }
}

function sourceOf(event: string): string {
  if (event === '-') return ' from standard input'
  return event.startsWith('@') ? ` in ${event.slice(1)}` : ''
}
