import type { ServerResponse } from 'node:http'
import type { Emulator } from '../emulator.ts'
import type { InvokeResult } from '../invoke/invocation.ts'
import { checkedEvent } from '../invoke/payload-limits.ts'
import { SandlotError } from '../kernel/errors.ts'
import { forceColdIn } from './force-cold.ts'
import { invokeHeaders } from './invoke-headers.ts'
import { logTail } from './log-tail.ts'
import { qualifierIn } from './qualifier.ts'
import { readBody } from './request-body.ts'
import type { Route, RouteRequest } from './router.ts'

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

async function invoke(emulator: Emulator, route: RouteRequest): Promise<InvokeResult | undefined> {
  const { request, response, params, query, requestId } = route
  const { invocationType, wantsLogTail, ...passedOn } = invokeHeaders(request.headers)
  const forceCold = forceColdIn(request.headers)
  const [functionName = ''] = params
  const qualifier = qualifierIn(query)
  // Before the body is read: what is not there takes none.
  emulator.resolve(functionName, qualifier)
  const payload = await readBody(route)
  if (invocationType === 'DryRun') {
    checkedEvent(payload)
    response.writeHead(204).end()
    return undefined
  }
  const result = await emulator.invoke({
    functionName,
    ...(qualifier !== undefined && { qualifier }),
    payload,
    requestId,
    forceCold,
    ...passedOn,
  })
  response.writeHead(200, answerHeaders(result, wantsLogTail))
  endWith(response, result.payload)
  return result
}

/** Longer ones are not copied, bytes. */
const MAX_COPIED = 16_384

/** As Latin-1 every byte is a character, and a text leaves together with the headers, in one write. */
function endWith(response: ServerResponse, { buffer, byteOffset, length }: Uint8Array): void {
  const bytes = Buffer.from(buffer, byteOffset, length)
  if (length > MAX_COPIED) response.end(bytes)
  else response.end(bytes.toString('latin1'), 'latin1')
}

function answerHeaders(result: InvokeResult, wantsLogTail: boolean) {
  return {
    'content-type': 'application/json',
    'content-length': result.payload.length,
    'x-amzn-requestid': result.requestId,
    'x-amzn-remapped-content-length': '0',
    'x-amz-executed-version': result.executedVersion,
    'x-amzn-trace-id': result.traceId,
    ...(result.functionError !== undefined && { 'x-amz-function-error': result.functionError }),
    ...(wantsLogTail && { 'x-amz-log-result': logTail(result.logs) }),
  }
}
