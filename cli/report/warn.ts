import { colours } from './colours.ts'

/** One line on standard error that does not stop anything. */
export function warn(message: string): void {
  process.stderr.write(`${colours.stderr.yellow(`sandlot: ${message}`)}\n`)
}
