import { Client, type Dispatcher } from 'undici'
import type { Answer } from './answer.ts'
import { needsBody } from './answer.ts'
import type { DispatchOptions } from './prepared-request.ts'

/** Hears what became of one request. */
export interface Asker {
  answered(answer: Answer): void
  failed(error: Error): void
}

/** Of an error's body, characters. */
const MOST_BODY = 65_536

/**
 * As many connections to one origin as there are requests in flight, so that no request ever waits
 * for another. The one that was used last is used next: no more are open than are needed.
 */
export class Connections {
  readonly #origin: string
  readonly #patienceMs: number
  readonly #idle: Client[] = []
  readonly #all = new Set<Client>()

  constructor(origin: string, patienceMs: number) {
    this.#origin = origin
    this.#patienceMs = patienceMs
  }

  send(options: DispatchOptions, asker: Asker): void {
    const client = this.#idle.pop() ?? this.#open()
    const release = (): void => void this.#idle.push(client)
    client.dispatch(options as Dispatcher.DispatchOptions, new Exchange(asker, release))
  }

  /** What is in flight fails. */
  async destroy(): Promise<void> {
    await Promise.all([...this.#all].map((client) => client.destroy()))
  }

  #open(): Client {
    const client = new Client(this.#origin, {
      pipelining: 1,
      headersTimeout: this.#patienceMs,
      bodyTimeout: this.#patienceMs,
      // A server that says how long it keeps a connection is believed.
      keepAliveTimeout: 60_000,
    })
    this.#all.add(client)
    return client
  }
}

class Exchange implements Dispatcher.DispatchHandler {
  readonly #asker: Asker
  readonly #release: () => void
  #status = 0
  #headers: Answer['headers'] = {}
  #isBodyNeeded = false
  #body = ''

  constructor(asker: Asker, release: () => void) {
    this.#asker = asker
    this.#release = release
  }

  onRequestStart(): void {}

  onResponseStart(_: unknown, status: number, headers: Answer['headers']): void {
    this.#status = status
    this.#headers = headers
    this.#isBodyNeeded = needsBody({ status, headers })
  }

  onResponseData(_: unknown, chunk: Buffer): void {
    if (!this.#isBodyNeeded || this.#body.length > MOST_BODY) return
    this.#body += chunk.toString('utf8')
  }

  onResponseEnd(): void {
    this.#release()
    this.#asker.answered({ status: this.#status, headers: this.#headers, body: this.#body })
  }

  onResponseError(_: unknown, error: Error): void {
    this.#release()
    this.#asker.failed(error)
  }
}
