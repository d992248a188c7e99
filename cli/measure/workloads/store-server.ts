import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'

/** What a store holds at first, and what its tests look into. */
export interface StoreContent {
  /** By name. */
  readonly objects: Map<string, Buffer>
  /** By table, then by id: JSON texts. */
  readonly tables: Map<string, Map<string, string>>
}

export const emptyStore = (): StoreContent => ({ objects: new Map(), tables: new Map() })

/**
 * An object store and a table store in memory, over HTTP:
 *
 *     GET    /objects?prefix=…       names that begin so
 *     PUT, GET, DELETE /objects/{name}
 *     GET    /tables/{table}?limit=… items in the order of their ids
 *     PUT, GET, DELETE /tables/{table}/{id}
 */
export function storeServer(content: StoreContent): Server {
  const server = createServer((request, response) => {
    answer(request, content).then(
      ({ status, body }) => send(response, status, body),
      (error: Error) => send(response, 400, { error: error.message }),
    )
  })
  // A sandbox that was frozen for long finds its connection as it left it.
  server.keepAliveTimeout = 0
  return server
}

interface Answer {
  readonly status: number
  readonly body?: Buffer | object
}

const NOT_FOUND: Answer = { status: 404, body: { error: 'not found' } }
const NO_METHOD: Answer = { status: 405, body: { error: 'method not allowed' } }

async function answer(request: IncomingMessage, content: StoreContent): Promise<Answer> {
  const url = new URL(request.url ?? '/', 'http://store')
  const [kind, first, second] = url.pathname.split('/').slice(1).map(decodeURIComponent)
  const body = await bodyOf(request)
  const method = request.method ?? 'GET'
  if (kind === 'objects' && second === undefined) {
    return first === undefined
      ? names(content, url.searchParams.get('prefix') ?? '')
      : one(method, first, content.objects, body)
  }
  if (kind !== 'tables' || first === undefined) return NOT_FOUND
  const table = content.tables.get(first) ?? new Map<string, string>()
  content.tables.set(first, table)
  if (second === undefined) return items(table, Number(url.searchParams.get('limit') ?? 100))
  return one(method, second, table, body.toString('utf8'))
}

function names({ objects }: StoreContent, prefix: string): Answer {
  const keys = [...objects.keys()].filter((key) => key.startsWith(prefix)).sort()
  return { status: 200, body: { keys } }
}

function items(table: ReadonlyMap<string, string>, limit: number): Answer {
  const first = [...table].sort(([a], [b]) => (a < b ? -1 : 1)).slice(0, limit)
  return { status: 200, body: { items: first.map(([, text]) => JSON.parse(text) as unknown) } }
}

function one<V extends string | Buffer>(
  method: string,
  key: string,
  held: Map<string, V>,
  given: V,
): Answer {
  const value = held.get(key)
  switch (method) {
    case 'PUT':
      held.set(key, given)
      return { status: 204 }
    case 'GET':
      return value === undefined ? NOT_FOUND : { status: 200, body: Buffer.from(value) }
    case 'DELETE':
      return held.delete(key) ? { status: 204 } : NOT_FOUND
    default:
      return NO_METHOD
  }
}

function send(response: ServerResponse, status: number, body: Answer['body']): void {
  const bytes = Buffer.isBuffer(body) ? body : Buffer.from(body ? JSON.stringify(body) : '')
  response.writeHead(status, { 'content-length': bytes.length }).end(bytes)
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = []
  for await (const part of request) parts.push(part as Buffer)
  return Buffer.concat(parts)
}
