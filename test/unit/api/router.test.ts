import type { IncomingMessage, ServerResponse } from 'node:http'
import { describe, expect, it } from 'vitest'
import { dispatch, type Route, type RouteRequest } from '../../../runtime/api/router.ts'

/** Asks three routes, and returns what the one that answered was given. */
async function ask(method: string, url: string) {
  const given: { name: string; params: readonly string[]; query: string }[] = []
  const headers = new Map<string, string>()
  const route = (name: string, method: Route['method'], pattern: RegExp): Route => ({
    method,
    pattern,
    handle: ({ params, query }: RouteRequest) => {
      given.push({ name, params, query: query.toString() })
      return undefined
    },
  })
  const routes = [
    route('list', 'GET', /^\/things$/),
    route('add', 'POST', /^\/things$/),
    route('one', 'POST', /^\/things\/([^/]+)$/),
    route('put', 'PUT', /^\/things\/([^/]+)$/),
    route('drop', 'DELETE', /^\/things\/([^/]+)$/),
  ]
  const context = {
    request: { method, url } as IncomingMessage,
    response: {
      setHeader: (name: string, value: string) => headers.set(name, value),
    } as unknown as ServerResponse,
    requestId: 'id',
  }
  const error = await dispatch(routes, context).then(
    () => undefined,
    ({ code, message }) => ({ code, message }),
  )
  return { given, error, allow: headers.get('allow') }
}

describe('the router', () => {
  it('finds a route by path and method, and HEAD where GET is', async () => {
    for (const [method, name] of Object.entries({ GET: 'list', HEAD: 'list', POST: 'add' })) {
      const { given, error } = await ask(method, '/things')
      expect({ given, error }).toEqual({
        given: [{ name, params: [], query: '' }],
        error: undefined,
      })
    }
  })

  it('finds the route of each method of a path', async () => {
    for (const [method, name] of Object.entries({ POST: 'one', PUT: 'put', DELETE: 'drop' })) {
      const { given } = await ask(method, '/things/a')
      expect(given).toEqual([{ name, params: ['a'], query: '' }])
    }
    expect((await ask('PATCH', '/things/a')).allow).toBe('POST, PUT, DELETE')
  })

  it('decodes parts of the path, and keeps all of the query', async () => {
    const { given } = await ask('POST', '/things/a%2Fb%3A%24LATEST?x=1?2&y=%20')
    expect(given).toEqual([{ name: 'one', params: ['a/b:$LATEST'], query: 'x=1%3F2&y=+' }])
  })

  it('says what is allowed where the method is not', async () => {
    expect(await ask('PUT', '/things?x')).toEqual({
      given: [],
      error: {
        code: 'MethodNotAllowed',
        message: 'PUT is not allowed for /things; use GET, HEAD, POST',
      },
      allow: 'GET, HEAD, POST',
    })
  })

  it.each(['/thing', '/things/', '/things/a/b', '//things', '/THINGS'])(
    'knows no path %s',
    async (url) => {
      expect((await ask('POST', url)).error).toEqual({
        code: 'ResourceNotFound',
        message: `No such path: POST ${url}`,
      })
    },
  )

  it('refuses what is not properly encoded', async () => {
    expect((await ask('POST', '/things/%E4')).error).toEqual({
      code: 'Validation',
      message: "'%E4' is not properly URL-encoded",
    })
  })
})
