import type { IncomingMessage } from 'node:http'
import type { Emulator } from '../emulator.ts'
import type { InvokeInput, InvokeResult } from '../invoke/invocation.ts'
import { checkedEvent } from '../invoke/payload-limits.ts'
import { SandlotError } from '../kernel/errors.ts'
import { logTail } from './log-tail.ts'
import { readBody } from './request-body.ts'
import type { Route, RouteRequest } from './router.ts'

/** Largest client context before decoding, bytes. AWS Lambda API reference, `Invoke`. */
const MAX_CLIENT_CONTEXT_BYTES = 3_583

/** AWS's Invoke, as its SDKs send it. Source: AWS Lambda API reference, `Invoke`. */
export function invokeRoutes(emulator: Emulator): Route[] {
  return [
    {
      method: 'POST',
      pattern: /^\/2015-03-31\/functions\/([^/]+)\/invocations\/?$/,
      handle: (route) => invoke(emulator, route),
    },
    {
      method: 'POST',
      pattern: /^\/2021-11-15\/functions\/([^/]+)\/response-streaming-invocations\/?$/,
      handle: () => {
        throw new SandlotError('NotImplemented', 'InvokeWithResponseStream is not supported yet')
      },
    },
  ]
}

async function invoke(emulator: Emulator, route: RouteRequest): Promise<void> {
  const { request, response, query } = route
  const functionName = qualifiedName(route.params[0] ?? '', query.get('Qualifier'))
  const type = header(request, 'x-amz-invocation-type') ?? 'RequestResponse'
  if (type === 'Event') {
    throw new SandlotError('NotImplemented', 'Invocation type Event is not supported yet')
  }
  if (type !== 'RequestResponse' && type !== 'DryRun') {
    throw new SandlotError(
      'Validation',
      `1 validation error detected: Value '${type}' at 'invocationType' failed to satisfy constraint: Member must satisfy enum value set: [RequestResponse, DryRun, Event]`,
    )
  }
  // Before the body is read: what is not there takes none.
  const { version } = emulator.resolve(functionName)
  const payload = await readBody(request)
  if (type === 'DryRun') {
    checkedEvent(payload)
    response.writeHead(204).end()
    return
  }
  const result = await emulator.invoke(input(request, functionName, payload))
  const wantsTail = header(request, 'x-amz-log-type') === 'Tail'
  response.writeHead(200, answerHeaders(result, version, wantsTail))
  response.end(result.payload)
}

function qualifiedName(name: string, qualifier: string | null): string {
  if (qualifier === null || name.endsWith(`:${qualifier}`)) return name
  if (/:(\$LATEST|\d+)$/.test(name)) {
    throw new SandlotError(
      'InvalidParameterValue',
      'The derived qualifier from the function name does not match the specified qualifier.',
    )
  }
  return `${name}:${qualifier}`
}

function input(request: IncomingMessage, functionName: string, payload: Uint8Array): InvokeInput {
  const requestId = header(request, 'x-amzn-requestid')
  const traceId = header(request, 'x-amzn-trace-id')
  const clientContext = decodedContext(header(request, 'x-amz-client-context'))
  return {
    functionName,
    payload,
    ...(requestId !== undefined && { requestId }),
    ...(traceId !== undefined && { traceId }),
    ...(clientContext !== undefined && { clientContext }),
  }
}

function decodedContext(encoded: string | undefined): string | undefined {
  if (encoded === undefined) return undefined
  if (Buffer.byteLength(encoded) > MAX_CLIENT_CONTEXT_BYTES) {
    throw new SandlotError(
      'InvalidRequestContent',
      `Client context must be no more than ${MAX_CLIENT_CONTEXT_BYTES} bytes when base64-encoded.`,
    )
  }
  const text = Buffer.from(encoded, 'base64').toString('utf8')
  try {
    JSON.parse(text)
  } catch (error) {
    throw new SandlotError(
      'InvalidRequestContent',
      'Client context must be a valid Base64-encoded JSON object.',
      {
        cause: error,
      },
    )
  }
  return text
}

function answerHeaders(result: InvokeResult, version: string, wantsTail: boolean) {
  return {
    'content-type': 'application/json',
    'content-length': result.payload.length,
    'x-amzn-requestid': result.requestId,
    'x-amzn-remapped-content-length': '0',
    'x-amz-executed-version': version,
    'x-amzn-trace-id': result.traceId,
    ...(result.functionError !== undefined && { 'x-amz-function-error': result.functionError }),
    ...(wantsTail && { 'x-amz-log-result': logTail(result.logs) }),
  }
}

function header({ headers }: IncomingMessage, name: string): string | undefined {
  const value = headers[name]
  return Array.isArray(value) ? value[0] : value
}
