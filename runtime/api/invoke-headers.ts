import type { IncomingHttpHeaders } from 'node:http'
import { failedConstraint } from '../functions/validation.ts'
import { SandlotError } from '../kernel/errors.ts'

/** Largest client context before decoding, bytes. AWS Lambda API reference, `Invoke`. */
const MAX_CLIENT_CONTEXT_BYTES = 3_583

const INVOCATION_TYPES = ['RequestResponse', 'DryRun', 'Event'] as const
const LOG_TYPES = ['None', 'Tail'] as const

/** What an Invoke request says in its headers. */
export interface InvokeHeaders {
  readonly invocationType: 'RequestResponse' | 'DryRun'
  readonly wantsLogTail: boolean
  /** JSON text. */
  readonly clientContext?: string
  readonly traceId?: string
}

/**
 * Source: AWS Lambda API reference, `Invoke`, URI request parameters.
 *
 * @throws SandlotError `Validation` for a value that is not one of those allowed,
 *   `InvalidRequestContent` for a bad client context, `NotImplemented` for `Event`.
 */
export function invokeHeaders(headers: IncomingHttpHeaders): InvokeHeaders {
  const type = oneOf(INVOCATION_TYPES, 'invocationType', headers['x-amz-invocation-type'])
  const logType = oneOf(LOG_TYPES, 'logType', headers['x-amz-log-type'])
  if (type === 'Event') {
    throw new SandlotError('NotImplemented', 'Invocation type Event is not supported yet')
  }
  const clientContext = decodedContext(first(headers['x-amz-client-context']))
  const traceId = first(headers['x-amzn-trace-id'])
  return {
    invocationType: type,
    wantsLogTail: logType === 'Tail',
    ...(clientContext !== undefined && { clientContext }),
    ...(traceId !== undefined && { traceId }),
  }
}

/** The first is the default. */
function oneOf<Value extends string>(
  allowed: readonly [Value, ...Value[]],
  member: string,
  given: string | string[] | undefined,
): Value {
  const text = first(given) ?? allowed[0]
  const value = allowed.find((each) => each === text)
  if (value !== undefined) return value
  const constraint = `Member must satisfy enum value set: [${allowed.join(', ')}]`
  throw failedConstraint(member, text, constraint)
}

function decodedContext(encoded: string | undefined): string | undefined {
  if (encoded === undefined) return undefined
  if (Buffer.byteLength(encoded) > MAX_CLIENT_CONTEXT_BYTES) {
    throw badContext(`be no more than ${MAX_CLIENT_CONTEXT_BYTES} bytes when base64-encoded.`)
  }
  const text = Buffer.from(encoded, 'base64').toString('utf8')
  if (!isObject(text)) throw badContext('be a valid Base64-encoded JSON object.')
  return text
}

function isObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
  } catch {
    return false
  }
}

const badContext = (must: string): SandlotError =>
  new SandlotError('InvalidRequestContent', `Client context must ${must}`)

const first = (value: string | string[] | undefined): string | undefined =>
  Array.isArray(value) ? value[0] : value
