import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Emulator } from '../emulator.ts'
import type { InvokeResult } from '../invoke/invocation.ts'
import { SandlotError } from '../kernel/errors.ts'
import { asRequestId } from '../kernel/ids.ts'
import type { Metrics } from '../telemetry/metrics/collect-metrics.ts'
import { adminRoutes } from './admin-routes.ts'
import { sendError } from './aws-errors.ts'
import { concurrencyRoutes } from './concurrency-routes.ts'
import { invokeRoutes } from './invoke-routes.ts'
import { metricsRoutes } from './metrics-routes.ts'
import { checkOrigin } from './origin-guard.ts'
import { quickRoutes } from './quick-routes.ts'
import { dispatch, type Route } from './router.ts'
import { versionRoutes } from './version-routes.ts'

export interface ApiServerOptions {
  readonly emulator: Emulator
  /** 0 takes any free one. */
  readonly port: number
  /** Default 127.0.0.1: whoever reaches the port can run code. */
  readonly host?: string
  /** What `GET /_sandlot/health` says of this server. */
  readonly version: string
  /** What `GET /metrics` and `GET /_sandlot/metrics` tell; without it there is neither. */
  readonly metrics?: Metrics
  /** Makes the id of a request that brings none, a UUID. */
  readonly newRequestId: () => string
  /** Hears of each request once its answer is with the client, or the client has left. */
  readonly onAnswer?: (answered: AnsweredRequest) => void
}

export interface AnsweredRequest {
  readonly method: string
  readonly path: string
  readonly requestId: string
  readonly status: number
  /** False when the client left before it had its answer. */
  readonly delivered: boolean
  /** What ran, if anything did. */
  readonly invocation: InvokeResult | undefined
  /** Why it was refused, if it was: a SandlotError, unless something failed that should not. */
  readonly error: unknown
}

export interface ApiServer {
  readonly url: string
  readonly port: number
  /**
   * Takes no more requests and resolves when the running ones are answered. A client that is still
   * sending its request is cut off. May be called again to go on waiting.
   */
  close(): Promise<void>
  /** Cuts off every client, also one that does not take its answer. */
  cutOff(): void
}

/** A client that has not sent its whole request after this long is cut off, milliseconds. */
const REQUEST_TIMEOUT_MS = 60_000

/**
 * How long an idle connection is kept, milliseconds: longer than clients keep one, so that none sends
 * a request just as it is closed.
 */
const KEEP_ALIVE_MS = 65_000

/** Request line and headers, bytes. AWS Lambda Developer Guide, "Lambda quotas". */
const MAX_HEADER_BYTES = 1_048_576

/**
 * Serves the functions over HTTP: AWS's Invoke and what of its control API sets versions and
 * concurrency, a quick form for people, and what the other commands ask for.
 *
 * @throws SandlotError `PortUnavailable`.
 */
export async function startApiServer(options: ApiServerOptions): Promise<ApiServer> {
  const { emulator, port, host = '127.0.0.1', version } = options
  const edge = new Edge(options, [
    ...invokeRoutes(emulator),
    ...versionRoutes(emulator),
    ...concurrencyRoutes(emulator),
    ...quickRoutes(emulator),
    ...adminRoutes(emulator, version),
    ...metricsRoutes(emulator, options.metrics),
  ])
  const server = createServer({
    requestTimeout: REQUEST_TIMEOUT_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    maxHeaderSize: MAX_HEADER_BYTES,
  })
  server.on('request', (request, response) => edge.take(request, response))
  // Otherwise a client is asked for a body before anybody has seen that it is refused.
  server.on('checkContinue', (request, response) => edge.take(request, response))
  await listen(server, port, host)
  const { port: bound } = server.address() as AddressInfo
  let closed: Promise<void> | undefined
  return {
    url: `http://${host}:${bound}`,
    port: bound,
    close: () => {
      closed ??= close(server, edge)
      return closed
    },
    cutOff: () => server.closeAllConnections(),
  }
}

interface Exchange {
  readonly request: IncomingMessage
  readonly response: ServerResponse
}

/** Every request from its arrival until its answer is with the client. */
class Edge {
  readonly #options: ApiServerOptions
  readonly #routes: readonly Route[]
  readonly #running = new Map<Exchange, Promise<void>>()
  #closing = false

  constructor(options: ApiServerOptions, routes: readonly Route[]) {
    this.#options = options
    this.#routes = routes
  }

  take(request: IncomingMessage, response: ServerResponse): void {
    const exchange = { request, response }
    const answered = this.#answer(exchange).finally(() => this.#running.delete(exchange))
    this.#running.set(exchange, answered)
  }

  /** Refuses what comes now; resolves when all that came before is answered. */
  async close(): Promise<void> {
    this.#closing = true
    for (const { request, response } of this.#running.keys()) {
      if (!request.complete) request.socket.destroy()
      else if (!response.headersSent) response.setHeader('connection', 'close')
    }
    await Promise.all(this.#running.values())
  }

  async #answer({ request, response }: Exchange): Promise<void> {
    const { method = 'GET', url: path = '/' } = request
    const handedOver = whenHandedOver(request, response)
    const requestId = asRequestId(firstOf(request.headers['x-amzn-requestid']))
    const context = { request, response, requestId: requestId ?? this.#options.newRequestId() }
    response.setHeader('x-amzn-requestid', context.requestId)
    let invocation: InvokeResult | undefined
    let error: unknown
    try {
      if (this.#closing) throw closingError(response)
      checkOrigin(request)
      invocation = await dispatch(this.#routes, context)
    } catch (caught) {
      error = caught
      sendError(request, response, caught)
    }
    const delivered = await handedOver
    const status = response.statusCode
    const answered = { method, path, requestId: context.requestId, status, delivered }
    this.#options.onAnswer?.({ ...answered, invocation, error })
  }
}

/** True when the last byte of the answer was given to the system, false when the client left before. */
function whenHandedOver({ socket }: IncomingMessage, response: ServerResponse): Promise<boolean> {
  return new Promise((resolve) => {
    const leave = (): void => end(false)
    const end = (isHandedOver: boolean): void => {
      socket.off('close', leave)
      resolve(isHandedOver)
    }
    // Not `writableFinished`, which is true of an answer whose connection is gone, too.
    response.once('finish', () => end(true))
    response.once('close', leave)
    // An answer that waits for others on its connection does not hear of the connection's end.
    socket.once('close', leave)
  })
}

function closingError(response: ServerResponse): SandlotError {
  response.setHeader('connection', 'close')
  return new SandlotError('Closing', 'The server is closing and takes no more requests.')
}

const firstOf = (value: string | string[] | undefined): string | undefined =>
  Array.isArray(value) ? value[0] : value

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const refuse = (error: NodeJS.ErrnoException): void => reject(portError(port, error))
    server.once('error', refuse)
    server.listen(port, host, () => {
      server.off('error', refuse)
      resolve()
    })
  })
}

function portError(port: number, cause: NodeJS.ErrnoException): SandlotError {
  if (cause.code === 'EADDRINUSE') {
    return new SandlotError('PortUnavailable', `Port ${port} is in use by another program`, {
      cause,
      hint: 'Choose another one with --port, or end the other program.',
    })
  }
  const why = cause.code === 'EACCES' ? 'this user may not' : cause.message
  return new SandlotError('PortUnavailable', `Port ${port} cannot be opened: ${why}`, { cause })
}

async function close(server: Server, edge: Edge): Promise<void> {
  const closed = new Promise<void>((resolve) => {
    server.close(() => resolve())
  })
  await edge.close()
  // What is open now has nothing to answer: a kept connection, or half a request.
  server.closeAllConnections()
  await closed
}
