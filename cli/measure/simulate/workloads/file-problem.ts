import { UsageError } from '../../../exit-codes.ts'

/** What is wrong in a file, and in which line: `trace.csv:17: minute 3 is '-1': must be …`. */
export const problemAt = (path: string, line: number, what: string, hint?: string): UsageError =>
  new UsageError(`${path}:${line}: ${what}`, hint)

/** A file that cannot be opened or read. */
export function unreadable(path: string, error: unknown): UsageError {
  const { code, message } = error as NodeJS.ErrnoException
  return new UsageError(`${path} cannot be read: ${REASONS[code ?? ''] ?? message}`)
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EISDIR: 'it is a folder',
  EACCES: 'this user may not read it',
}
