import type { IncomingMessage, ServerResponse } from 'node:http'
import { type ErrorCode, isSandlotError, SandlotError } from '../kernel/errors.ts'
import { awaitsContinue } from './request-body.ts'

/** Paths of AWS's own API begin with the date of its version. */
const AWS_PATH = /^\/\d{4}-\d{2}-\d{2}\//

/**
 * Answers with an error in the shape of AWS's REST-JSON protocol. An error that is not ours says
 * nothing of itself to the caller. Paths that AWS does not have add what can be done about it.
 */
export function sendError(
  request: IncomingMessage,
  response: ServerResponse,
  error: unknown,
): void {
  if (response.headersSent) {
    response.destroy()
    return
  }
  const known = isSandlotError(error)
    ? error
    : new SandlotError('Internal', 'Internal failure', { cause: error })
  const isAws = AWS_PATH.test(request.url ?? '')
  const body = isAws
    ? JSON.stringify(errorBody(known))
    : `${JSON.stringify(plainErrorBody(known))}\n`
  // A client that was not asked for its body may send it or not: what comes next would be unclear.
  if (awaitsContinue(request)) response.setHeader('connection', 'close')
  const { retryAfterSeconds } = known
  if (retryAfterSeconds !== undefined) response.setHeader('retry-after', retryAfterSeconds)
  response.writeHead(known.httpStatus, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    'x-amzn-errortype': known.awsErrorType,
  })
  response.end(body)
  // The rest of a refused body is read and forgotten: a client that is still sending would otherwise
  // find its connection reset, and not the answer.
  request.resume()
}

/**
 * Errors whose `message` is lower-case; of the rest it is `Message`. AWS Lambda API reference, and
 * botocore's model of it.
 */
const LOWER_CASE: ReadonlySet<ErrorCode> = new Set([
  'InvalidHandler',
  'InvalidParameterValue',
  'InvalidRequestContent',
  'PreconditionFailed',
  'ProvisionedConcurrencyConfigNotFound',
  'RequestTooLarge',
  'ResourceConflict',
  'UnsupportedMediaType',
])

/** As recorded from the real service (localstack, `tests/aws/services/lambda_`). */
export function errorBody(error: SandlotError): object {
  const { code, message, throttle, fault } = error
  if (code === 'TooManyRequests') return { Reason: throttle, Type: 'User', message }
  if (code === 'Validation') return { message }
  const type = fault === 'caller' ? 'User' : 'Service'
  return LOWER_CASE.has(code) ? { Type: type, message } : { Type: type, Message: message }
}

/** On paths of our own all have the same form, with what can be done about it. */
export function plainErrorBody({ message, throttle, fault, hint }: SandlotError): object {
  return {
    ...(throttle !== undefined && { Reason: throttle }),
    Type: fault === 'caller' ? 'User' : 'Service',
    Message: message,
    ...(hint !== undefined && { Hint: hint }),
  }
}
