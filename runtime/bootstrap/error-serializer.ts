/**
 * Errors as Lambda's Node runtime writes them: one shape for the caller, one for the log.
 * Source: aws-lambda-nodejs-runtime-interface-client 3.x, `Errors.js`.
 */
export interface ErrorPayload {
  readonly errorType: string
  readonly errorMessage: string
  readonly trace: readonly string[]
}

export function errorPayload(error: unknown): ErrorPayload {
  try {
    if (isError(error)) {
      return {
        errorType: withoutDel(String(error.name)),
        errorMessage: withoutDel(String(error.message)),
        trace: stackLines(error).map(withoutDel),
      }
    }
    return { errorType: typeof error, errorMessage: String(error), trace: [] }
  } catch {
    return {
      errorType: 'handled',
      errorMessage:
        'callback called with Error argument, but there was a problem while retrieving one or more of its message, name, and stack',
      trace: [],
    }
  }
}

/** What follows `Invoke Error` in the log: `stack` instead of `trace`, and the error's own fields. */
export function errorLogText(error: unknown): string {
  const { errorType, errorMessage, trace } = errorPayload(error)
  try {
    const own = isError(error) ? { ...error } : {}
    return JSON.stringify({ errorType, errorMessage, ...own, stack: trace })
  } catch {
    return JSON.stringify({ errorType, errorMessage, stack: trace })
  }
}

/** An error of the runtime's own, with one of Lambda's names. */
export function runtimeError(name: string, message: string): Error {
  const error = new Error(message)
  error.name = name
  return error
}

/** Also one from another realm, which `instanceof` does not know. */
const isError = (value: unknown): value is Error =>
  value instanceof Error ||
  (typeof value === 'object' &&
    value !== null &&
    'name' in value &&
    'message' in value &&
    'stack' in value)

const stackLines = ({ stack }: Error): string[] =>
  typeof stack === 'string' ? stack.split('\n') : []

/** A DEL cannot travel in a header. */
const withoutDel = (text: string): string => text.replaceAll('\x7f', '%7F')
