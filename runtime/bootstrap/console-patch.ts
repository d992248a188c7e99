import { format } from 'node:util'
import type { LogWriter } from './log-writer.ts'

const LEVELS = {
  trace: 'TRACE',
  debug: 'DEBUG',
  log: 'INFO',
  info: 'INFO',
  warn: 'WARN',
  error: 'ERROR',
  fatal: 'FATAL',
} as const

/**
 * Makes each call of the console one record of the log, however many lines its text has.
 * `console.fatal` is Lambda's own. What other methods print goes through these, or to stdout.
 * Source: aws-lambda-nodejs-runtime-interface-client 3.x, `LogPatch.js`.
 */
export function patchConsole(log: LogWriter): void {
  const methods = console as unknown as Record<string, (...args: unknown[]) => void>
  for (const [method, level] of Object.entries(LEVELS)) {
    methods[method] = (...args) => log.record(level, format(...args))
  }
}
