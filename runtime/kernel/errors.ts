/**
 * Every error Sandlot raises, in one catalogue: who is at fault, what AWS calls it, which HTTP
 * status it has and whether trying again can help. Errors of a *function* (a handler that throws,
 * a timeout, a crash) are not thrown: they are results, see `invoke/invocation.ts`.
 *
 * AWS names and statuses: AWS Lambda API reference, `Invoke`, section Errors.
 */

/** Whose fault it is: the caller's input, the function's code, its runtime, or ours. */
export type Fault = 'caller' | 'function' | 'runtime' | 'emulator'

interface CatalogueEntry {
  readonly fault: Fault
  /** The value of `x-amzn-errortype`. */
  readonly awsErrorType: string
  readonly httpStatus: number
  readonly retryable: boolean
}

const entry = (
  fault: Fault,
  awsErrorType: string,
  httpStatus: number,
  retryable = false,
): CatalogueEntry => ({ fault, awsErrorType, httpStatus, retryable })

export const ERROR_CATALOGUE = {
  /** A value of the caller's is outside what is allowed: a field, an option, a template. */
  InvalidParameterValue: entry('caller', 'InvalidParameterValueException', 400),
  /** A function name that no function could have. */
  Validation: entry('caller', 'ValidationException', 400),
  /** The event is not JSON. */
  InvalidRequestContent: entry('caller', 'InvalidRequestContentException', 400),
  /** The event is larger than 6 MB. */
  RequestTooLarge: entry('caller', 'RequestTooLargeException', 413),
  /** The content type is not JSON. */
  UnsupportedMediaType: entry('caller', 'UnsupportedMediaTypeException', 415),
  /** No function, version or sandbox of that name. */
  ResourceNotFound: entry('caller', 'ResourceNotFoundException', 404),
  /** The version or alias has no provisioned concurrency. */
  ProvisionedConcurrencyConfigNotFound: entry(
    'caller',
    'ProvisionedConcurrencyConfigNotFoundException',
    404,
  ),
  /** Another revision than the caller has seen. */
  PreconditionFailed: entry('caller', 'PreconditionFailedException', 412),
  /** Two functions of one name, or a second controller where one may be. */
  ResourceConflict: entry('caller', 'ResourceConflictException', 409),
  /** Concurrency or rate exceeded; `throttle` says which. */
  TooManyRequests: entry('caller', 'TooManyRequestsException', 429, true),
  /** The handler's file is missing, has a syntax error or lacks the export. */
  InvalidHandler: entry('caller', 'InvalidParameterValueException', 400),
  /** A request that a web page may have sent: wrong Host or Origin. */
  Forbidden: entry('caller', 'AccessDeniedException', 403),
  /** The path has no operation of that method. */
  MethodNotAllowed: entry('caller', 'MethodNotAllowedException', 405),
  /** An operation of AWS's API that Sandlot does not have. */
  NotImplemented: entry('emulator', 'NotImplementedException', 501),
  /** The port is taken, or may not be opened. */
  PortUnavailable: entry('caller', 'InvalidParameterValueException', 400),
  /** No server answers where the command looked for one. */
  ServerUnreachable: entry('caller', 'ServiceUnavailableException', 503, true),
  /** A sandbox could not be made: no memory, no process, no directory. */
  SandboxUnavailable: entry('emulator', 'ServiceException', 500, true),
  /** The emulator is closing and takes no more work. */
  Closing: entry('emulator', 'ServiceException', 503, true),
  /** A transition that the life cycle table does not have. */
  InvalidTransition: entry('emulator', 'ServiceException', 500),
  /** A bug of ours. */
  Internal: entry('emulator', 'ServiceException', 500),
} as const satisfies Record<string, CatalogueEntry>

/** What an error is, for programs: a key of the catalogue. */
export type ErrorCode = keyof typeof ERROR_CATALOGUE

/**
 * Why an invocation was throttled, in AWS's words: AWS Lambda API reference, `Invoke`,
 * `TooManyRequestsException.Reason`.
 */
export type ThrottleReason =
  /** The account's unreserved concurrency is used up. */
  | 'ConcurrentInvocationLimitExceeded'
  /** The function's reservation is used up, or is 0. */
  | 'ReservedFunctionConcurrentInvocationLimitExceeded'
  /** Requests per second of the account, or new environments of the function, came too fast. */
  | 'FunctionInvocationRateLimitExceeded'
  /** The same, of a function with a reservation. */
  | 'ReservedFunctionInvocationRateLimitExceeded'
  /** The caller sent more requests per second than it may. */
  | 'CallerRateLimitExceeded'

export interface SandlotErrorOptions {
  readonly cause?: unknown
  /** With `TooManyRequests`: which limit it was. */
  readonly throttle?: ThrottleReason
  /** With `TooManyRequests` for a rate: when trying again can succeed, whole seconds, at least 1. */
  readonly retryAfterSeconds?: number
  /** What the caller can do about it, one sentence. */
  readonly hint?: string
}

const BRAND = Symbol.for('sandlot.error')

/** The one error class. Tell errors apart by `code`, recognise them with `isSandlotError`. */
export class SandlotError extends Error {
  override readonly name = 'SandlotError'
  readonly [BRAND] = true
  readonly code: ErrorCode
  readonly throttle: ThrottleReason | undefined
  readonly retryAfterSeconds: number | undefined
  readonly hint: string | undefined

  constructor(code: ErrorCode, message: string, options: SandlotErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.throttle = options.throttle
    this.retryAfterSeconds = options.retryAfterSeconds
    this.hint = options.hint
  }

  get fault(): Fault {
    return ERROR_CATALOGUE[this.code].fault
  }
  get awsErrorType(): string {
    return ERROR_CATALOGUE[this.code].awsErrorType
  }
  get httpStatus(): number {
    return ERROR_CATALOGUE[this.code].httpStatus
  }
  get retryable(): boolean {
    return ERROR_CATALOGUE[this.code].retryable
  }
}

/** True for our errors, also across two copies of the package (a brand, not `instanceof`). */
export const isSandlotError = (value: unknown): value is SandlotError =>
  typeof value === 'object' && value !== null && BRAND in value
