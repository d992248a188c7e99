import type { ServerResponse } from 'node:http'
import { isSandlotError, SandlotError } from '../kernel/errors.ts'

/**
 * Answers with an error in the shape of AWS's REST-JSON protocol. Bodies as recorded from the real
 * service (localstack, `tests/aws/services/lambda_`): `message` is lower-case for throttles and
 * `Message` for the rest.
 *
 * @returns false for an error that is not ours, which the caller gets no details of.
 */
export function sendError(response: ServerResponse, error: unknown): boolean {
  const isOurs = isSandlotError(error)
  const known = isOurs ? error : new SandlotError('Internal', 'Internal failure', { cause: error })
  if (response.headersSent) {
    response.destroy()
    return isOurs
  }
  const body = JSON.stringify(errorBody(known))
  // What is left of a refused body is not read, so the connection cannot be used again.
  if (known.code === 'RequestTooLarge') response.setHeader('connection', 'close')
  response.writeHead(known.httpStatus, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    'x-amzn-errortype': known.awsErrorType,
  })
  response.end(body)
  return isOurs
}

function errorBody(error: SandlotError): object {
  const { code, message, throttle, fault } = error
  if (code === 'TooManyRequests') return { Reason: throttle, Type: 'User', message }
  if (code === 'Validation') return { message }
  return { Type: fault === 'caller' ? 'User' : 'Service', Message: message }
}
