import { types } from 'node:util'

/**
 * Errors as Lambda's Node runtime writes them: one shape for the caller, one for the log.
 * Source: aws-lambda-nodejs-runtime-interface-client 3.x, `Errors.js`.
 */
export interface ErrorPayload {
  readonly errorType: string
  readonly errorMessage: string
  readonly trace: readonly string[]
}

/** What the caller gets. Something thrown that is no error is named by its type. */
export function errorPayload(error: unknown): ErrorPayload {
  try {
    if (isError(error)) {
      const { name, message, stack } = error
      return {
        errorType: withoutDel(String(name)),
        errorMessage: withoutDel(String(message)),
        trace: typeof stack === 'string' ? withoutDel(stack).split('\n') : [],
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

/**
 * What follows `Invoke Error` in the log: `stack` instead of `trace`, and the error's own fields,
 * errors among them written the same way. Something thrown that is no error becomes one.
 */
export function errorLogText(error: unknown): string {
  try {
    if (isError(error)) return JSON.stringify(error, errorFields)
    const errorMessage = String(error)
    return JSON.stringify({
      errorType: 'Error',
      errorMessage,
      stack: `Error: ${errorMessage}`.split('\n'),
    })
  } catch {
    return JSON.stringify(errorPayload(error))
  }
}

/** An error of the runtime's own, with one of Lambda's names. */
export function runtimeError(name: string, message: string): Error {
  const error = new Error(message)
  // Not enumerable, as in a class: the log would show it beside `errorType`.
  Object.defineProperty(error, 'name', { value: name, configurable: true, writable: true })
  // The stack begins with the name.
  Error.captureStackTrace(error, runtimeError)
  return error
}

const isError = (value: unknown): value is Error => types.isNativeError(value) || isErrorLike(value)

/** One that inherits from an error, or comes from a library that imitates them. */
function isErrorLike(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  const { name, message, stack } = value as Partial<Error>
  return [name, message, stack].every((field) => typeof field === 'string' && field !== '')
}

function errorFields(_key: string, value: unknown): unknown {
  if (!isError(value)) return value
  const { name: errorType, message: errorMessage, stack } = value
  const { code } = value as NodeJS.ErrnoException
  const fields = { errorType, errorMessage, code, ...value }
  return typeof stack === 'string' ? { ...fields, stack: stack.split('\n') } : fields
}

/** A DEL cannot travel in a header. */
const withoutDel = (text: string): string => text.replaceAll('\x7f', '%7F')
