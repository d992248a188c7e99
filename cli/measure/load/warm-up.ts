import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { classifyLambda } from './answer.ts'
import { Connections } from './connections.ts'
import { pace } from './pacer.ts'

const REQUESTS = 300
const PER_SECOND = 3_000

/**
 * Sends requests to a server of its own. What a process does for the first time is slow (parsers are
 * loaded, code is compiled), and the first requests of a load test would pay for it.
 */
export async function warmUp(): Promise<void> {
  const server = createServer((request, response) => {
    request.resume()
    response.writeHead(200, { 'content-type': 'application/json', 'x-amz-log-result': LOG })
    response.end('{}')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const connections = new Connections(`http://127.0.0.1:${port}`, 10_000)
  await sendAll(connections)
  await connections.destroy()
  server.close()
  await once(server, 'close')
}

const LOG = Buffer.from('REPORT RequestId: x\tDuration: 1.00 ms\tBilled Duration: 1 ms\n').toString(
  'base64',
)

async function sendAll(connections: Connections): Promise<void> {
  const startMs = performance.now()
  const options = {
    path: '/',
    method: 'POST',
    headers: ['content-type', 'application/json'],
    body: Buffer.from('{}'),
  }
  let ended = 0
  await new Promise<void>((resolve) => {
    const end = (): void => {
      ended += 1
      if (ended === REQUESTS) resolve()
    }
    const instants = Array.from({ length: REQUESTS }, (_, index) => (index / PER_SECOND) * 1_000)
    void pace(instants.values(), {
      nowMs: () => performance.now() - startMs,
      signal: new AbortController().signal,
      send: () =>
        connections.send(options, {
          answered: (answer) => {
            classifyLambda(answer)
            end()
          },
          failed: end,
        }),
    })
  })
}
