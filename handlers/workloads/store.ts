import { Agent, type IncomingMessage, request } from 'node:http'

/** A row of a table. */
export type Item = Readonly<Record<string, unknown>> & { readonly id: string }

const agent = new Agent({ keepAlive: true })

/** The object of that name. */
export const getObject = (key: string): Promise<Buffer> => found('GET', objectPath(key))

export async function putObject(key: string, content: Uint8Array): Promise<void> {
  await found('PUT', objectPath(key), content)
}

/** Names of all objects that begin so, in order. */
export async function listObjects(prefix: string): Promise<string[]> {
  const { keys } = parsed<{ keys: string[] }>(
    await found('GET', `/objects?prefix=${encodeURIComponent(prefix)}`),
  )
  return keys
}

/** Writes an item, over the one that is there. */
export async function putItem(table: string, item: Item): Promise<void> {
  await found('PUT', itemPath(table, item.id), Buffer.from(JSON.stringify(item)))
}

export async function getItem(table: string, id: string): Promise<Item | undefined> {
  const { status, body } = await call('GET', itemPath(table, id))
  if (status === 404) return undefined
  return parsed<Item>(checked({ status, body }, itemPath(table, id)))
}

/** Tells whether it was there. */
export async function deleteItem(table: string, id: string): Promise<boolean> {
  const { status, body } = await call('DELETE', itemPath(table, id))
  if (status === 404) return false
  checked({ status, body }, itemPath(table, id))
  return true
}

/** The first items of a table, by their ids. */
export async function queryItems(table: string, limit: number): Promise<Item[]> {
  const path = `/tables/${encodeURIComponent(table)}?limit=${limit}`
  return parsed<{ items: Item[] }>(await found('GET', path)).items
}

const objectPath = (key: string): string => `/objects/${encodeURIComponent(key)}`
const itemPath = (table: string, id: string): string =>
  `/tables/${encodeURIComponent(table)}/${encodeURIComponent(id)}`

const parsed = <T>(body: Buffer): T => JSON.parse(body.toString('utf8')) as T

async function found(method: string, path: string, content?: Uint8Array): Promise<Buffer> {
  return checked(await call(method, path, content), path)
}

interface Answer {
  readonly status: number
  readonly body: Buffer
}

function checked({ status, body }: Answer, path: string): Buffer {
  if (status === 404) throw new Error(`The store has no ${decodeURIComponent(path)}`)
  if (status >= 300) throw new Error(`The store answered ${status}: ${body.toString('utf8')}`)
  return body
}

function call(method: string, path: string, content?: Uint8Array): Promise<Answer> {
  const url = new URL(path, storeUrl())
  return new Promise((resolve, reject) => {
    const headers = content === undefined ? {} : { 'content-length': content.length }
    const sent = request(url, { method, agent, headers }, (response) => {
      bodyOf(response).then((body) => resolve({ status: response.statusCode ?? 0, body }), reject)
    })
    sent.once('error', (cause) => {
      reject(new Error(`The store at ${url.origin} cannot be reached: ${cause.message}`, { cause }))
    })
    sent.end(content)
  })
}

async function bodyOf(response: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = []
  for await (const part of response) parts.push(part as Buffer)
  return Buffer.concat(parts)
}

function storeUrl(): string {
  const url = process.env.STORE_URL
  if (url !== undefined && url !== '') return url
  throw new Error(
    "STORE_URL is not set: this workload needs a store. Run 'sandlot bench --workloads', which starts one.",
  )
}
