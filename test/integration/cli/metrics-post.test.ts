import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterAll, describe, expect, it } from 'vitest'
import { postJson } from '../../../cli/alarms/post-json.ts'

const servers: Server[] = []
afterAll(() => {
  for (const server of servers) {
    server.closeAllConnections()
    server.close()
  }
})

async function listen(listener: RequestListener): Promise<URL> {
  const server = createServer(listener)
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/hook?a=b`)
}

const never = new AbortController().signal

describe.concurrent('a change that is posted', () => {
  it('comes whole, as JSON', async () => {
    const received: unknown[] = []
    const url = await listen(async (request, response) => {
      const { method, url: path, headers } = request
      received.push([method, path, headers['content-type'], await text(request)])
      response.writeHead(202).end('thanks')
    })
    expect(await postJson(url, { name: 'größer' }, never)).toBeUndefined()
    expect(received).toEqual([['POST', '/hook?a=b', 'application/json', '{"name":"größer"}']])
  })

  it.each([300, 404, 500])('and answered with %d has not been taken', async (status) => {
    const url = await listen((_request, response) => response.writeHead(status).end())
    expect(await postJson(url, {}, never)).toBe(`answered ${status}`)
  })

  it('to where nobody listens says so', async () => {
    const other = createServer()
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
    const url = new URL(`http://127.0.0.1:${(other.address() as AddressInfo).port}`)
    await new Promise((resolve) => other.close(resolve))
    expect(await postJson(url, {}, never)).toMatch(/ECONNREFUSED/)
  })

  it('and cut off in its answer has not been taken', async () => {
    const url = await listen((_request, response) => {
      response.writeHead(200, { 'content-length': 9 })
      response.write('x', () => response.destroy())
    })
    expect(await postJson(url, {}, never)).toMatch(/aborted|hang up|terminated/)
  })

  it('is given up when there is no answer in time', async () => {
    const url = await listen(() => undefined)
    expect(await postJson(url, {}, never, 100)).toBe('no answer within 0.1 seconds')
  })

  it('is given up when it is not wanted any more', async () => {
    const stop = new AbortController()
    const url = await listen(() => stop.abort())
    expect(await postJson(url, {}, stop.signal)).toMatch(/aborted/)
  })
})
