import type { IncomingMessage, ServerResponse } from 'node:http'
import { SandlotError } from '../kernel/errors.ts'

export interface RouteRequest {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  /** What the pattern's groups matched, URL-decoded. */
  readonly params: readonly string[]
  readonly query: URLSearchParams
}

export interface Route {
  readonly method: string
  /** Of the whole path, not decoded. */
  readonly pattern: RegExp
  handle(route: RouteRequest): Promise<void> | void
}

/** @throws SandlotError `ResourceNotFound` for an unknown path, `MethodNotAllowed` for a known one. */
export async function dispatch(
  routes: readonly Route[],
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { method = 'GET', url = '/' } = request
  const [path = '/', query = ''] = url.split('?', 2)
  const allowed: string[] = []
  for (const route of routes) {
    const match = route.pattern.exec(path)
    if (match === null) continue
    if (route.method === method || (route.method === 'GET' && method === 'HEAD')) {
      const params = match.slice(1).map(decoded)
      await route.handle({ request, response, params, query: new URLSearchParams(query) })
      return
    }
    allowed.push(route.method)
  }
  if (allowed.length === 0) {
    throw new SandlotError('ResourceNotFound', `No such path: ${method} ${path}`)
  }
  const allow = [...new Set(allowed)].join(', ')
  response.setHeader('allow', allow)
  throw new SandlotError('MethodNotAllowed', `${method} is not allowed for ${path}; use ${allow}`)
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw new SandlotError('Validation', `'${text}' is not properly URL-encoded`)
  }
}
