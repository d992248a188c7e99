import type { Emulator } from '../emulator.ts'
import { SandlotError } from '../kernel/errors.ts'
import { readBody } from './request-body.ts'
import type { Route } from './router.ts'
import { sendJson } from './send-json.ts'

/** An operation of Lambda's control API. */
export interface ControlOperation {
  readonly method: Route['method']
  readonly pattern: RegExp
  /** Of success; 204 has no body. */
  readonly status: 200 | 201 | 202 | 204
  /** Carries it out, and returns the body of its answer. */
  readonly answer: (request: ControlRequest) => object | undefined
}

export interface ControlRequest {
  /** What the pattern's first groups matched, decoded: a function's name, and an alias's. */
  readonly functionName: string
  readonly name: string
  readonly query: URLSearchParams
  /** Members that are null are as if they were not there. */
  readonly body: Readonly<Record<string, unknown>>
}

/** Counts the call, as Lambda does whether it succeeds or not, reads its body and sends its answer. */
export function controlRoute(
  emulator: Pick<Emulator, 'countControlCall'>,
  { method, pattern, status, answer }: ControlOperation,
): Route {
  return {
    method,
    pattern,
    handle: async (route) => {
      emulator.countControlCall()
      const { response, query, params } = route
      const [functionName = '', name = ''] = params
      const hasBody = method === 'POST' || method === 'PUT'
      const body = hasBody ? membersOf(await readBody(route)) : {}
      const answered = answer({ functionName, name, query, body })
      if (status === 204) response.writeHead(204).end()
      else sendJson(response, status, answered ?? {})
      return undefined
    },
  }
}

function membersOf(bytes: Uint8Array): Readonly<Record<string, unknown>> {
  if (bytes.length === 0) return {}
  const value = parsed(Buffer.from(bytes).toString('utf8'))
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw unreadable('It must be an object')
  }
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== null))
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw unreadable((error as Error).message)
  }
}

/** @throws SandlotError `InvalidRequestContent` for what is there and is not text. */
export function textIn(body: ControlRequest['body'], member: string): string | undefined {
  const value = body[member]
  if (value === undefined || typeof value === 'string') return value
  throw unreadable(`${member} must be text`)
}

const unreadable = (why: string): SandlotError =>
  new SandlotError('InvalidRequestContent', `Could not parse request body into json: ${why}`)

/** @throws SandlotError `NotImplemented` for a member of the body that Sandlot would have to ignore. */
export function refuseMembers(body: ControlRequest['body'], ...members: readonly string[]): void {
  const member = members.find((each) => body[each] !== undefined && !isEmpty(body[each]))
  if (member === undefined) return
  throw new SandlotError('NotImplemented', `${member} is not supported yet`)
}

/** An object that says nothing, all the way down. */
const isEmpty = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && Object.values(value).every(isEmpty)
