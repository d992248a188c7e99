import { writeFileSync } from 'node:fs'
import { UsageError } from '../exit-codes.ts'

/**
 * Writes a file that an option has asked for.
 *
 * @param flag `a`: adds to it; with an empty text only to see whether it can be written.
 * @throws UsageError naming the option and why it cannot be written.
 */
export function writeAsked(option: string, path: string, text: string, flag: 'a' | 'w' = 'w') {
  try {
    writeFileSync(path, text, { flag })
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    const reason = code === 'ENOENT' ? 'there is no such folder' : message
    throw new UsageError(`${option} ${path} cannot be written: ${reason}`)
  }
}
