import type { IncomingMessage, ServerResponse } from 'node:http'
import { isSandlotError, SandlotError } from '../kernel/errors.ts'
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
    : `${JSON.stringify(errorBody(known, known.hint))}\n`
  // A client that was not asked for its body may send it or not: what comes next would be unclear.
  if (awaitsContinue(request)) response.setHeader('connection', 'close')
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
 * Bodies as recorded from the real service (localstack, `tests/aws/services/lambda_`): `message` is
 * lower-case for throttles and failed validations, and `Message` for the rest.
 */
export function errorBody(error: SandlotError, hint?: string): object {
  const { code, message, throttle, fault } = error
  const addition = hint === undefined ? {} : { Hint: hint }
  if (code === 'TooManyRequests') return { Reason: throttle, Type: 'User', message, ...addition }
  if (code === 'Validation') return { message, ...addition }
  return { Type: fault === 'caller' ? 'User' : 'Service', Message: message, ...addition }
}
