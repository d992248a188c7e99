import { randomUUID } from 'node:crypto'
import { Agent, request } from 'node:http'
import { connect, type Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startApiServer } from '../../../runtime/api/http-server.ts'
import {
  fixture,
  invokePath,
  jsonOf,
  type Latch,
  openLatch,
  type Served,
  send,
  serve,
} from './served.ts'

const LIMIT = 6_291_456

let served: Served
const sockets: Socket[] = []
const latches: Latch[] = []
beforeEach(async () => {
  served = await serve([fixture('echo'), fixture('talk'), fixture('wait', { timeoutMs: 60_000 })])
})
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy()
  await served.close()
  for (const latch of latches.splice(0)) await latch.close()
})

/** A connection on which a test writes what it likes. */
async function open(): Promise<Socket> {
  const socket = connect(served.server.port, '127.0.0.1')
  sockets.push(socket)
  await new Promise((resolve) => socket.once('connect', resolve))
  return socket
}

/** All that comes back until the other side ends it, which it may do by a reset. */
async function rest(socket: Socket): Promise<string> {
  let received = ''
  socket.on('data', (piece) => {
    received += piece.toString('latin1')
  })
  await new Promise<void>((resolve) => {
    socket.on('error', () => undefined)
    socket.on('close', () => resolve())
  })
  return received
}

/** Reads until the text has come. */
function until(socket: Socket, wanted: string): Promise<string> {
  let received = ''
  return new Promise((resolve) => {
    const look = (piece: Buffer): void => {
      received += piece.toString('latin1')
      if (!received.includes(wanted)) return
      socket.off('data', look)
      resolve(received)
    }
    socket.on('data', look)
  })
}

const head = (method: string, path: string, ...headers: string[]): string =>
  [`${method} ${path} HTTP/1.1`, 'host: localhost', ...headers, '', ''].join('\r\n')

/** An invocation that runs until it is released. */
async function startWaiting(send: (body: string) => unknown) {
  const latch = await openLatch()
  latches.push(latch)
  const answer = send(JSON.stringify({ latch: latch.url }))
  await latch.reached
  return { answer, release: latch.release }
}

const bytes = (count: number): string => `"${'x'.repeat(count - 2)}"`

describe('a body', () => {
  it('of 6 MB is taken, announced or not', async () => {
    const announced = await served.send('POST', '/lambda/talk', { body: bytes(LIMIT) })
    expect(announced.status).toBe(200)
    const headers = { 'transfer-encoding': 'chunked' }
    const unannounced = await served.send('POST', '/lambda/talk', { body: bytes(LIMIT), headers })
    expect(unannounced.status).toBe(200)
  })

  it.each([{}, { 'transfer-encoding': 'chunked' }])(
    'over 6 MB is refused with 413, sent with %j',
    async (headers) => {
      for (const path of [invokePath('talk'), '/lambda/talk', '/_sandlot/evict']) {
        const answer = await served.send('POST', path, { body: bytes(LIMIT + 1), headers })
        expect(answer).toMatchObject({
          status: 413,
          headers: { 'x-amzn-errortype': 'RequestTooLargeException' },
        })
      }
      expect(served.emulator.sandboxes()).toEqual([])
    },
  )

  it('over 6 MB does not end the connection', async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    const post = (body: string, path = '/lambda/talk') =>
      new Promise<{ status: number | undefined; port: number | undefined }>((resolve, reject) => {
        const outgoing = request(
          { agent, host: '127.0.0.1', port: served.server.port, method: 'POST', path },
          (response) => {
            const { localPort: port } = response.socket
            text(response).then(() => resolve({ status: response.statusCode, port }), reject)
          },
        )
        outgoing.on('error', reject).end(body)
      })
    const refused = await post(bytes(4 * LIMIT))
    const taken = await post('{}')
    agent.destroy()
    expect([refused.status, taken.status]).toEqual([413, 200])
    expect(taken.port).toBe(refused.port)
  })

  it('that is refused is not asked for', async () => {
    const socket = await open()
    const length = `content-length: ${LIMIT + 1}`
    socket.write(head('POST', '/lambda/talk', length, 'expect: 100-continue'))
    const received = await rest(socket)
    expect(received).toMatch(/^HTTP\/1\.1 413 /)
    expect(received).toMatch(/^connection: close\r$/im)
  })

  it('that is taken is asked for', async () => {
    const socket = await open()
    socket.write(head('POST', '/lambda/talk', 'content-length: 2', 'expect: 100-continue'))
    expect(await until(socket, '\r\n\r\n')).toBe('HTTP/1.1 100 Continue\r\n\r\n')
    socket.write('{}')
    expect(await until(socket, '\r\n\r\n')).toMatch(/^HTTP\/1\.1 200 OK\r\n/)
  })

  it('that breaks off runs nothing', async () => {
    const socket = await open()
    socket.write(`${head('POST', '/lambda/echo', 'content-length: 100')}{"a":`)
    socket.end()
    const told = await served.whenAnswered(({ path }) => path === '/lambda/echo')
    expect(told).toMatchObject({ delivered: false, invocation: undefined })
    expect(told.error).toMatchObject({
      code: 'InvalidRequestContent',
      message: 'The request broke off',
    })
    expect(served.emulator.sandboxes()).toEqual([])
  })
})

describe('HEAD', () => {
  it.each([
    ['/', 200],
    ['/lambda/echo', 405],
    ['/nowhere', 404],
  ])('of %s answers %i and no body', async (path, status) => {
    const socket = await open()
    socket.write(head('HEAD', path, 'connection: close'))
    const [headers = '', body] = (await rest(socket)).split('\r\n\r\n')
    expect(headers).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `))
    expect(headers).toMatch(/^content-length: [1-9]\d*\r?$/im)
    expect(body).toBe('')
  })
})

describe('a client that leaves', () => {
  it('does not end its invocation', async () => {
    const socket = await open()
    let event = ''
    const { release } = await startWaiting((body) => {
      event = body
      socket.write(`${head('POST', '/lambda/wait', `content-length: ${body.length}`)}${body}`)
    })
    socket.destroy()
    release()
    const told = await served.whenAnswered(({ path }) => path === '/lambda/wait')
    expect(told).toMatchObject({ delivered: false, invocation: { outcome: 'success' } })
    // Its sandbox serves on.
    const next = await served.send('POST', '/lambda/wait', { body: event })
    expect(next.status).toBe(200)
    expect(served.emulator.sandboxes()).toMatchObject([{ invocations: 2 }])
  })
})

describe('a client that sends on without waiting for answers', () => {
  it('and leaves is not waited for', async () => {
    const socket = await open()
    const { release } = await startWaiting((body) => {
      const first = `${head('POST', '/lambda/wait', `content-length: ${body.length}`)}${body}`
      socket.write(`${first}${head('GET', '/')}${head('GET', '/nowhere')}`)
    })
    socket.destroy()
    for (const path of ['/', '/nowhere']) {
      const told = await served.whenAnswered((each) => each.path === path)
      expect(told.delivered).toBe(false)
    }
    release()
    await served.server.close()
  })
})

describe('two requests with one id', () => {
  it('cannot run at once, and the second does not disturb the first', async () => {
    const headers = { 'x-amzn-requestid': '0a1b2c3d-0000-4000-8000-0123456789ab' }
    const { answer, release } = await startWaiting((body) =>
      served.send('POST', '/lambda/wait', { body, headers }),
    )
    const other = await served.send('POST', '/lambda/echo', { headers })
    expect(other).toMatchObject({
      status: 409,
      headers: { 'x-amzn-errortype': 'ResourceConflictException' },
    })
    release()
    expect(await answer).toMatchObject({ status: 200 })
    expect(await served.send('POST', '/lambda/echo', { headers })).toMatchObject({ status: 200 })
  })
})

describe('closing', () => {
  it('does not wait for connections that are kept', async () => {
    const socket = await open()
    socket.write(head('GET', '/'))
    await until(socket, '\r\n\r\n')
    const end = rest(socket)
    await served.server.close()
    await end
  })

  it('does not wait for a client that has not sent its request', async () => {
    const sockets = await Promise.all([open(), open(), open()])
    const [silent, inHeaders, inBody] = sockets as [Socket, Socket, Socket]
    inHeaders.write('GET / HTTP/1.1\r\nhost: loc')
    inBody.write(`${head('POST', '/lambda/echo', 'content-length: 100')}{"a":`)
    // Answered after them: the server has seen what they sent.
    await served.send('GET', '/')
    const ends = [silent, inHeaders, inBody].map(rest)
    await served.server.close()
    expect(await Promise.all(ends)).toEqual(['', '', ''])
  })

  it('waits for running invocations and refuses others', async () => {
    const kept = await open()
    const { answer, release } = await startWaiting((body) =>
      served.send('POST', '/lambda/wait', { body }),
    )
    kept.write('GET / HTTP/1.1\r\nhost: localhost\r\n')
    await served.send('GET', '/')
    const closed = served.server.close()
    const end = rest(kept)
    kept.write('\r\n')
    const refused = await end
    expect(refused).toMatch(/^HTTP\/1\.1 503 /)
    expect(refused).toContain('The server is closing and takes no more requests.')
    await expect(served.send('GET', '/')).rejects.toThrow(/ECONNREFUSED/)
    release()
    const { status, headers, body } = (await answer) as Awaited<ReturnType<Served['send']>>
    expect({ status, connection: headers.connection }).toEqual({ status: 200, connection: 'close' })
    expect(JSON.parse(body)).toMatchObject({ released: true })
    await closed
  })

  it('tells clients of invocations that are ended with the emulator', async () => {
    const { answer } = await startWaiting((body) => served.send('POST', '/lambda/wait', { body }))
    const closed = served.server.close()
    await served.emulator.close()
    const ended = (await answer) as Awaited<ReturnType<Served['send']>>
    expect(ended).toMatchObject({
      status: 503,
      headers: { 'x-amzn-errortype': 'ServiceException' },
    })
    expect(jsonOf(ended)).toEqual({
      Type: 'Service',
      Message: 'The emulator is closing and takes no more work.',
    })
    await closed
  })

  it('can cut off a client that does not take its answer', async () => {
    const socket = await open()
    socket.on('error', () => undefined)
    const ran = new Promise<void>((resolve) => {
      served.emulator.onEvent(({ type }) => type === 'platform.report' && resolve())
    })
    // More than the connection's buffers hold.
    const body = bytes(6_000_000)
    socket.write(`${head('POST', '/lambda/echo', `content-length: ${body.length}`)}${body}`)
    await ran
    const closed = served.server.close()
    served.server.cutOff()
    await closed
    expect(served.answered).toMatchObject([
      { path: '/lambda/echo', delivered: false, invocation: { outcome: 'success' } },
    ])
  })
})

describe('a failure that should not be', () => {
  it('says nothing of itself to the client, and all to the server', async () => {
    const bug = new TypeError('a bug')
    const emulator = {
      ...served.emulator,
      sandboxes: () => {
        throw bug
      },
    }
    const errors: unknown[] = []
    const server = await startApiServer({
      emulator,
      port: 0,
      version: '',
      newRequestId: randomUUID,
      onAnswer: ({ error }) => errors.push(error),
    })
    const answer = await send(server.port, 'GET', '/_sandlot/sandboxes')
    await server.close()
    expect(answer).toMatchObject({
      status: 500,
      headers: { 'x-amzn-errortype': 'ServiceException' },
    })
    expect(jsonOf(answer)).toEqual({ Type: 'Service', Message: 'Internal failure' })
    expect(errors).toEqual([bug])
  })
})

describe('the port', () => {
  it('that is in use is named', async () => {
    const { port } = served.server
    const { emulator } = served
    const again = startApiServer({ emulator, port, version: '', newRequestId: () => '' })
    await expect(again).rejects.toMatchObject({
      code: 'PortUnavailable',
      message: `Port ${port} is in use by another program`,
      hint: 'Choose another one with --port, or end the other program.',
    })
  })
})
