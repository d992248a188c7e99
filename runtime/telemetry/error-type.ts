const KNOWN = /^(Runtime|Function)\.[A-Z][a-zA-Z]+$/

/**
 * What the platform records of an error type that a runtime sent: its own kind is kept, anything
 * else becomes `Function.Unknown` or `Runtime.Unknown`. The error's payload is never altered.
 * Source: aws-lambda-runtime-interface-emulator, `internal/lambda/fatalerror`.
 */
export function platformErrorType(sent: string): string {
  if (KNOWN.test(sent)) return sent
  return sent.startsWith('Function.') ? 'Function.Unknown' : 'Runtime.Unknown'
}
