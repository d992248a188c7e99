import { randomUUID } from 'node:crypto'
import { type HttpResponse, json } from '../lambda.ts'
import { deleteItem, getItem, type Item, putItem, queryItems } from './store.ts'

/** The parts of an API Gateway proxy event that it needs. */
interface Event {
  readonly httpMethod?: string
  readonly path?: string
  readonly body?: string | null
}

interface Note {
  readonly title: string
  readonly text: string
}

const TABLE = 'notes'
const MOST_LISTED = 50

/** A REST API over a table: `/notes` lists and creates, `/notes/{id}` reads, updates and deletes. */
export async function handler({
  httpMethod = 'GET',
  path = '',
  body,
}: Event): Promise<HttpResponse> {
  const [, id] = /^\/notes(?:\/([^/]+))?\/?$/.exec(path) ?? []
  if (!path.startsWith('/notes')) return notFound(path)
  switch (`${httpMethod} ${id === undefined ? 'all' : 'one'}`) {
    case 'GET all':
      return json(200, { notes: await queryItems(TABLE, MOST_LISTED) })
    case 'POST all':
      return write(body, randomUUID(), 201)
    case 'GET one':
      return read(id ?? '')
    case 'PUT one':
      return update(id ?? '', body)
    case 'DELETE one':
      return (await deleteItem(TABLE, id ?? '')) ? noContent : notFound(path)
    default:
      return json(405, { error: `${httpMethod} is not allowed for ${path}` })
  }
}

async function read(id: string): Promise<HttpResponse> {
  const note = await getItem(TABLE, id)
  return note === undefined ? notFound(`/notes/${id}`) : json(200, note)
}

async function update(id: string, body: Event['body']): Promise<HttpResponse> {
  const known = await getItem(TABLE, id)
  return known === undefined ? notFound(`/notes/${id}`) : write(body, id, 200)
}

async function write(body: Event['body'], id: string, status: number): Promise<HttpResponse> {
  const note = noteIn(body)
  if (note === undefined) {
    return json(400, { error: "the body must be JSON with the texts 'title' and 'text'" })
  }
  const item: Item = { id, ...note, changedAt: new Date().toISOString() }
  await putItem(TABLE, item)
  return json(status, item, { location: `/notes/${id}` })
}

function noteIn(body: Event['body']): Note | undefined {
  try {
    const { title, text } = JSON.parse(body ?? '') as Partial<Note>
    return typeof title === 'string' && typeof text === 'string' ? { title, text } : undefined
  } catch {
    return undefined
  }
}

const noContent: HttpResponse = { statusCode: 204, headers: {}, body: '' }
const notFound = (what: string): HttpResponse => json(404, { error: `${what} was not found` })
