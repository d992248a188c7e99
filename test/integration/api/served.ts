import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, request as httpRequest, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import {
  type AnsweredRequest,
  type ApiServer,
  startApiServer,
} from '../../../runtime/api/http-server.ts'
import { createEmulator, type Emulator } from '../../../runtime/emulator.ts'
import type { EmulatorOptions } from '../../../runtime/emulator-options.ts'
import type { FunctionInput } from '../../../runtime/functions/function-config.ts'

const FIXTURES = fileURLToPath(new URL('../../fixtures/handlers/api', import.meta.url))

/** A function of `fixtures/handlers/api/api.mjs`, named after its export. */
export const fixture = (name: string, more: Partial<FunctionInput> = {}): FunctionInput => ({
  name,
  handler: `api.${name}`,
  rootDir: FIXTURES,
  // A whole CPU: these tests are not about its share.
  memorySizeMb: 1_769,
  ...more,
})

/** A real server with real sandboxes, on a port and in a folder of its own. */
export interface Served {
  readonly emulator: Emulator
  readonly server: ApiServer
  /** What the server has told of, in order. */
  readonly answered: AnsweredRequest[]
  /** For files of the test; gone after `close`. */
  readonly folder: string
  /** Resolves with the next answer that fits, also one of before. */
  whenAnswered(fits: (answered: AnsweredRequest) => boolean): Promise<AnsweredRequest>
  send(method: string, path: string, options?: SendOptions): Promise<Answer>
  close(): Promise<void>
}

export interface SendOptions {
  readonly body?: string | Uint8Array
  readonly headers?: Readonly<Record<string, string>>
}

export interface Answer {
  readonly status: number | undefined
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

export async function serve(
  functions: readonly FunctionInput[],
  options: EmulatorOptions = {},
): Promise<Served> {
  const folder = mkdtempSync(join(tmpdir(), 'sandlot-api-'))
  const emulator = await createEmulator({ stateDir: join(folder, 'state'), ...options })
  for (const each of functions) await emulator.deploy(each)
  const answered: AnsweredRequest[] = []
  const listeners = new Set<() => void>()
  const server = await startApiServer({
    emulator,
    port: 0,
    version: '1.2.3',
    newRequestId: randomUUID,
    onAnswer: (each) => {
      answered.push(each)
      for (const listener of listeners) listener()
    },
  })
  return {
    emulator,
    server,
    answered,
    folder,
    whenAnswered: (fits) =>
      new Promise((resolve) => {
        const look = (): void => {
          const found = answered.find(fits)
          if (found === undefined) return
          listeners.delete(look)
          resolve(found)
        }
        listeners.add(look)
        look()
      }),
    send: (method, path, options) => send(server.port, method, path, options),
    close: async () => {
      await emulator.close()
      await server.close()
      rmSync(folder, { recursive: true })
    },
  }
}

/** A request on a connection of its own, with no headers but these. */
export async function send(
  port: number,
  method: string,
  path: string,
  { body, headers = {} }: SendOptions = {},
): Promise<Answer> {
  const options = { host: '127.0.0.1', port, method, path, headers, agent: false }
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest(options, (response) => {
      const { statusCode: status, headers } = response
      text(response).then((body) => resolve({ status, headers, body }), reject)
    })
    outgoing.on('error', reject)
    outgoing.end(body)
  })
}

export const jsonOf = ({ body }: Answer): Record<string, unknown> => JSON.parse(body)

export const invokePath = (name: string): string =>
  `/2015-03-31/functions/${encodeURIComponent(name)}/invocations`

/** Holds handlers until it is released; a handler in a sandbox reaches the network, not our files. */
export interface Latch {
  readonly url: string
  /** Resolves when the first handler has come. */
  readonly reached: Promise<void>
  /** Lets go of those that wait, and of all that come later. */
  release(): void
  close(): Promise<void>
}

export async function openLatch(): Promise<Latch> {
  let onReached = (): void => undefined
  const reached = new Promise<void>((resolve) => {
    onReached = resolve
  })
  let isReleased = false
  const waiting = new Set<() => void>()
  const server = createServer((_request, response) => {
    onReached()
    if (isReleased) response.end()
    else waiting.add(() => response.end())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    reached,
    release: () => {
      isReleased = true
      for (const letGo of waiting) letGo()
    },
    close: () => {
      server.closeAllConnections()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}
