import { type HttpResponse, json } from './lambda.ts'

/** The parts of an API Gateway proxy event that a small REST API needs. */
interface Event {
  readonly httpMethod?: string
  readonly path?: string
  readonly queryStringParameters?: Readonly<Record<string, string>> | null
  readonly body?: string | null
}

interface User {
  readonly id: string
  readonly name: string
  readonly profile: { readonly city: string; readonly joined: string }
}

/** Module state: it lives as long as the sandbox and starts anew with each cold start. */
const users = new Map<string, User>([
  ['123', { id: '123', name: 'Ada', profile: { city: 'London', joined: '2024-12-10' } }],
  ['456', { id: '456', name: 'Grace', profile: { city: 'Arlington', joined: '2025-12-09' } }],
])

let lastId = 456

type Route = (event: Event, id: string) => HttpResponse

/** Method and path pattern of each route; `{id}` is a path segment. */
const routes: ReadonlyMap<string, ReadonlyMap<string, Route>> = new Map([
  [
    '/users',
    new Map<string, Route>([
      ['GET', () => json(200, { users: [...users.values()].map(withoutProfile) })],
      ['POST', createUser],
    ]),
  ],
  [
    '/users/{id}',
    new Map<string, Route>([
      ['GET', showUser],
      ['DELETE', (_event, id) => (users.delete(id) ? noContent : notFound(`user ${id}`))],
    ]),
  ],
])

/** Answers an API Gateway proxy event: 404 for an unknown path, 405 for an unknown method. */
export async function handler(event: Event): Promise<HttpResponse> {
  const path = event.path ?? '/'
  const method = event.httpMethod ?? 'GET'
  const [, id = ''] = /^\/users\/([^/]+)\/?$/.exec(path) ?? []
  const methods = routes.get(id === '' ? path.replace(/(.)\/$/, '$1') : '/users/{id}')
  if (methods === undefined) return notFound(path)
  const route = methods.get(method)
  if (route === undefined) {
    const allow = [...methods.keys()].join(', ')
    return json(405, { error: `${method} is not allowed for ${path}` }, { allow })
  }
  return route(event, id)
}

function showUser(event: Event, id: string): HttpResponse {
  const user = users.get(id)
  if (user === undefined) return notFound(`user ${id}`)
  const withProfile = event.queryStringParameters?.include === 'profile'
  return json(200, withProfile ? user : withoutProfile(user))
}

function createUser(event: Event): HttpResponse {
  const name = nameIn(event.body)
  if (name === undefined) return json(400, { error: "the body must be JSON with a 'name'" })
  lastId += 1
  const id = String(lastId)
  const user = { id, name, profile: { city: 'unknown', joined: new Date().toISOString() } }
  users.set(id, user)
  return json(201, withoutProfile(user), { location: `/users/${id}` })
}

function nameIn(body: string | null | undefined): string | undefined {
  try {
    const { name } = JSON.parse(body ?? '') as { name?: unknown }
    return typeof name === 'string' && name !== '' ? name : undefined
  } catch {
    return undefined
  }
}

const withoutProfile = ({ id, name }: User) => ({ id, name })

const noContent: HttpResponse = { statusCode: 204, headers: {}, body: '' }

const notFound = (what: string): HttpResponse => json(404, { error: `${what} was not found` })
