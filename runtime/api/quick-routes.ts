import type { Emulator } from '../emulator.ts'
import type { InvokeResult, OutcomeKind } from '../invoke/invocation.ts'
import { describeFunction } from './describe-function.ts'
import { forceColdIn } from './force-cold.ts'
import { readBody } from './request-body.ts'
import type { Route, RouteRequest } from './router.ts'
import { sendJson } from './send-json.ts'

/**
 * For people with curl: a list of the functions, and an invocation whose answer is easy to read. A name
 * may have a version or an alias: `POST /lambda/hello:live`.
 * `POST /lambda/<name>` answers what the handler returned, with `requestId` and `executionTime`
 * added; see `quickAnswer`. A function error has the status 500, a timeout 504, with Lambda's error
 * object in the same form.
 */
export function quickRoutes(emulator: Emulator): Route[] {
  return [
    {
      method: 'GET',
      pattern: /^\/$/,
      handle: ({ response }) => {
        const functions = emulator.functions().map((each) => describeFunction(emulator, each))
        sendJson(response, 200, { functions })
      },
    },
    {
      method: 'POST',
      pattern: /^\/lambda\/([^/]+)\/?$/,
      handle: (route) => invoke(emulator, route),
    },
  ]
}

const STATUS: Record<OutcomeKind, number> = { success: 200, error: 500, crash: 500, timeout: 504 }

async function invoke(emulator: Emulator, route: RouteRequest): Promise<InvokeResult> {
  const { request, response, requestId, params } = route
  const forceCold = forceColdIn(request.headers)
  const functionName = params[0] ?? ''
  // Before the body is read: what is not there takes none.
  emulator.resolve(functionName)
  const payload = await readBody(route)
  const result = await emulator.invoke({ functionName, payload, requestId, forceCold })
  response.setHeader('x-amzn-requestid', result.requestId)
  if (result.functionError !== undefined) {
    response.setHeader('x-amz-function-error', result.functionError)
  }
  sendJson(response, STATUS[result.outcome], quickAnswer(result))
  return result
}

/**
 * The handler's object, with two fields added. They take the place of the handler's own fields of the
 * same names: whoever asks here wants these, and AWS's Invoke answers what the handler returned as it
 * is. What is not an object is under `result`: `"text"`, `[1, 2]`, `null`.
 */
export function quickAnswer({ payload, requestId, report }: InvokeResult): object {
  return {
    ...asObject(parsedOrText(Buffer.from(payload).toString('utf8'))),
    requestId,
    executionTime: `${report.durationMs.toFixed(2)}ms`,
  }
}

const asObject = (value: unknown): object =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? value : { result: value }

/** Nothing stands for null; what a runtime wrote that is not JSON for itself. */
function parsedOrText(text: string): unknown {
  if (text === '') return null
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
