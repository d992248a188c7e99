import type { IncomingMessage, ServerResponse } from 'node:http'
import type { InvokeResult } from '../invoke/invocation.ts'
import { SandlotError } from '../kernel/errors.ts'

export interface RequestContext {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  /** A UUID, the client's own where it brought one. */
  readonly requestId: string
}

export interface RouteRequest extends RequestContext {
  /** What the pattern's groups matched, URL-decoded. */
  readonly params: readonly string[]
  readonly query: URLSearchParams
}

export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** Of the whole path, not decoded. */
  readonly pattern: RegExp
  /** Answers the request. Returns the invocation if it was one. */
  handle(route: RouteRequest): Promise<InvokeResult | undefined> | undefined
}

/**
 * Finds the route and has it answer. HEAD is GET, whose body Node does not send.
 *
 * @throws SandlotError `ResourceNotFound` for an unknown path, `MethodNotAllowed` for a known one.
 */
export async function dispatch(
  routes: readonly Route[],
  context: RequestContext,
): Promise<InvokeResult | undefined> {
  const { method = 'GET', url = '/' } = context.request
  const { path, query } = split(url)
  const allowed: string[] = []
  for (const route of routes) {
    const match = route.pattern.exec(path)
    if (match === null) continue
    if (route.method === method || methodsOf(route).includes(method)) {
      return route.handle({ ...context, params: match.slice(1).map(decoded), query })
    }
    allowed.push(...methodsOf(route))
  }
  if (allowed.length === 0) {
    throw new SandlotError('ResourceNotFound', `No such path: ${method} ${path}`, {
      hint: 'GET / lists the functions; POST /lambda/<name> invokes one.',
    })
  }
  const allow = [...new Set(allowed)].join(', ')
  context.response.setHeader('allow', allow)
  throw new SandlotError('MethodNotAllowed', `${method} is not allowed for ${path}; use ${allow}`)
}

const methodsOf = ({ method }: Route): string[] => (method === 'GET' ? ['GET', 'HEAD'] : [method])

function split(url: string): { path: string; query: URLSearchParams } {
  const end = url.indexOf('?')
  return end === -1
    ? { path: url, query: NO_QUERY }
    : { path: url.slice(0, end), query: new URLSearchParams(url.slice(end + 1)) }
}

/** It is only read from. */
const NO_QUERY = new URLSearchParams()

function decoded(text: string): string {
  if (!text.includes('%')) return text
  try {
    return decodeURIComponent(text)
  } catch {
    throw new SandlotError('Validation', `'${text}' is not properly URL-encoded`)
  }
}
