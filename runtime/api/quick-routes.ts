import type { Emulator } from '../emulator.ts'
import type { FunctionVersion } from '../functions/function-version.ts'
import type { InvokeResult, OutcomeKind } from '../invoke/invocation.ts'
import { readBody } from './request-body.ts'
import type { Route, RouteRequest } from './router.ts'
import { sendJson } from './send-json.ts'

/**
 * For people with curl: a list of the functions, and an invocation whose answer is easy to read.
 * `POST /lambda/<name>` answers what the handler returned, with `requestId` and `executionTime`
 * added; a result that is not an object is under `result`. A function error has the status 500, a
 * timeout 504, with Lambda's error object in the same form.
 */
export function quickRoutes(emulator: Emulator): Route[] {
  return [
    { method: 'GET', pattern: /^\/$/, handle: ({ response }) => list(emulator, response) },
    {
      method: 'POST',
      pattern: /^\/lambda\/([^/]+)\/?$/,
      handle: (route) => invoke(emulator, route),
    },
  ]
}

function list(emulator: Emulator, response: RouteRequest['response']): void {
  sendJson(response, 200, { functions: emulator.functions().map(describe) })
}

function describe({ config, arn }: FunctionVersion) {
  const id = config.logicalId ?? config.name
  return {
    name: config.name,
    logicalId: config.logicalId ?? null,
    arn,
    handler: config.handler,
    runtime: config.runtime ?? `nodejs${process.versions.node.split('.')[0]}.x`,
    memorySizeMb: config.memorySizeMb,
    timeoutSeconds: config.timeoutMs / 1_000,
    reservedConcurrency: config.reservedConcurrency ?? null,
    isolation: config.isolation,
    invoke: `POST /lambda/${id}`,
  }
}

const STATUS: Record<OutcomeKind, number> = { success: 200, error: 500, crash: 500, timeout: 504 }

async function invoke(emulator: Emulator, { request, response, params }: RouteRequest) {
  const payload = await readBody(request)
  const result = await emulator.invoke({ functionName: params[0] ?? '', payload })
  if (result.functionError !== undefined) {
    response.setHeader('x-amz-function-error', result.functionError)
  }
  sendJson(response, STATUS[result.outcome], {
    ...asObject(result),
    requestId: result.requestId,
    executionTime: `${result.report.durationMs.toFixed(2)}ms`,
  })
}

function asObject({ payload }: InvokeResult): object {
  const text = Buffer.from(payload).toString('utf8')
  const value: unknown = text === '' ? null : JSON.parse(text)
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
  return isObject ? value : { result: value }
}
