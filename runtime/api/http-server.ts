import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Emulator } from '../emulator.ts'
import { SandlotError } from '../kernel/errors.ts'
import { adminRoutes } from './admin-routes.ts'
import { sendError } from './aws-errors.ts'
import { invokeRoutes } from './invoke-routes.ts'
import { checkOrigin } from './origin-guard.ts'
import { quickRoutes } from './quick-routes.ts'
import { dispatch, type Route } from './router.ts'

export interface ApiServerOptions {
  readonly emulator: Emulator
  /** 0 takes any free one. */
  readonly port: number
  /** Default 127.0.0.1: whoever reaches the port can run code. */
  readonly host?: string
  /** What `GET /_sandlot/health` says of this server. */
  readonly version: string
  /** Hears of each answered request. */
  readonly onRequest?: (request: AnsweredRequest) => void
  /** Hears of what should not have happened. */
  readonly onFailure?: (error: unknown) => void
}

export interface AnsweredRequest {
  readonly method: string
  readonly path: string
  readonly status: number
}

export interface ApiServer {
  readonly url: string
  readonly port: number
  /** Takes no more requests and resolves when the running ones are answered. */
  close(): Promise<void>
}

/** A client that has not sent its whole request after this long is cut off, milliseconds. */
const REQUEST_TIMEOUT_MS = 60_000

/**
 * Serves the functions over HTTP: AWS's Invoke, a quick form for people, and what the other
 * commands ask for.
 *
 * @throws SandlotError `PortUnavailable`.
 */
export async function startApiServer(options: ApiServerOptions): Promise<ApiServer> {
  const { emulator, port, host = '127.0.0.1', version } = options
  const routes: Route[] = [
    ...quickRoutes(emulator),
    ...invokeRoutes(emulator),
    ...adminRoutes(emulator, version),
  ]
  const server = createServer({ requestTimeout: REQUEST_TIMEOUT_MS }, (request, response) => {
    void answer(routes, request, response, options)
  })
  await listen(server, port, host)
  const { port: bound } = server.address() as AddressInfo
  return { url: `http://${host}:${bound}`, port: bound, close: () => close(server) }
}

async function answer(
  routes: readonly Route[],
  request: IncomingMessage,
  response: ServerResponse,
  { onRequest, onFailure }: ApiServerOptions,
): Promise<void> {
  const { method = 'GET', url = '/' } = request
  try {
    checkOrigin(request)
    await dispatch(routes, request, response)
  } catch (error) {
    const isOurs = sendError(response, error)
    if (!isOurs) onFailure?.(error)
  }
  onRequest?.({ method, path: url, status: response.statusCode })
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const inUse = error.code === 'EADDRINUSE'
      const why = inUse ? 'is in use by another program' : `cannot be opened: ${error.message}`
      const hint = inUse ? 'Choose another one with --port, or end the other program.' : undefined
      const options = hint === undefined ? { cause: error } : { cause: error, hint }
      reject(new SandlotError('PortUnavailable', `Port ${port} ${why}`, options))
    })
    server.listen(port, host, resolve)
  })
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    // A client that keeps its connection would keep the server, too.
    server.closeIdleConnections()
  })
}
