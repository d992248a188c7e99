/** Bytes of log that an answer carries. AWS Lambda API reference, `Invoke`, `LogResult`. */
const TAIL_BYTES = 4_096

/** The last 4 KB of an invocation's log, base64. */
export function logTail(lines: readonly string[]): string {
  const log = Buffer.from(`${lines.join('\n')}\n`)
  return log.subarray(Math.max(0, log.length - TAIL_BYTES)).toString('base64')
}
