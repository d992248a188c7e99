import { randomUUID } from 'node:crypto'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { nowUs } from '../../../runtime/bootstrap/stamp.ts'
import type {
  ControllerMessage,
  InitMessage,
  InvokeMessage,
  Message,
  SandboxMessage,
} from '../../../runtime/runtime-api/protocol.ts'

export const HANDLERS = join(
  dirname(fileURLToPath(import.meta.url)),
  '../../fixtures/handlers/bootstrap',
)

export interface RuntimeEnd {
  /** Exit code; `undefined` when it was killed or terminated. */
  readonly code: number | undefined
}

/** How a runtime is made: as a process, or as a thread. */
export interface RuntimeTransport {
  send(header: ControllerMessage, payload?: Uint8Array): void
  onMessage(listener: (message: Message<SandboxMessage>) => void): void
  readonly ended: Promise<RuntimeEnd>
  /** Ends it if it still runs; resolves when nothing of it is left. */
  kill(): Promise<void>
}

export interface Log {
  readonly requestId: string | undefined
  readonly text: string
}

export interface Answer {
  readonly header: Extract<SandboxMessage, { type: 'response' | 'error' }>
  /** The payload as text. */
  readonly text: string
  /** The logs that came while it ran, in order. */
  readonly logs: readonly Log[]
}

type Of<Type extends SandboxMessage['type']> = Message<Extract<SandboxMessage, { type: Type }>>

/** A controller in small: speaks the protocol to one bootstrap and remembers what it said. */
export class RuntimeUnderTest {
  readonly transport: RuntimeTransport
  readonly received: Message<SandboxMessage>[] = []
  readonly #waiting = new Set<() => void>()
  #hasEnded = false

  constructor(transport: RuntimeTransport) {
    this.transport = transport
    transport.onMessage((message) => {
      this.received.push(message)
      for (const look of this.#waiting) look()
    })
    void transport.ended.then(() => {
      this.#hasEnded = true
      for (const look of this.#waiting) look()
    })
  }

  get ended(): Promise<RuntimeEnd> {
    return this.transport.ended
  }

  get logs(): Log[] {
    return this.received.flatMap(({ header, payload }) =>
      header.type === 'log' ? [{ requestId: header.requestId, text: textOf(payload) }] : [],
    )
  }

  /** Asks it to load a handler: `'forms.cjs'`, an export path such as `'api.get'`. */
  init(file: string, handler = 'handler', fields: Partial<InitMessage> = {}): void {
    this.transport.send({
      type: 'init',
      modulePath: join(HANDLERS, file),
      moduleFormat: file.endsWith('.mjs') ? 'module' : 'commonjs',
      exportPath: handler.split('.'),
      allowDefaultExport: false,
      handler: `${file.replace(/\..*/, '')}.${handler}`,
      sourceMaps: false,
      context: {
        functionName: 'orders',
        functionVersion: '7',
        memoryLimitMb: 256,
        logGroupName: '/aws/lambda/orders',
        logStreamName: '2026/01/02/[7]abc',
      },
      ...fields,
    })
  }

  /** Loads a handler that must load. */
  async load(file: string, handler?: string, fields?: Partial<InitMessage>): Promise<this> {
    this.init(file, handler, fields)
    const settled = await this.next(
      ({ header }) => header.type === 'initialised' || header.type === 'initError',
    )
    if (settled.header.type === 'initError') throw new Error(textOf(settled.payload))
    return this
  }

  async invoke(event: unknown = {}, fields: Partial<InvokeMessage> = {}): Promise<Answer> {
    const requestId = randomUUID()
    const before = this.received.length
    this.send(event, { requestId, ...fields })
    const { header, payload } = (await this.next(
      ({ header }) => header.type === 'response' || header.type === 'error',
      before,
    )) as Of<'response' | 'error'>
    if (header.requestId !== requestId) throw new Error('Answer to another request')
    const at = this.received.findIndex((message) => message.header === header)
    const logs = this.received
      .slice(before, at)
      .flatMap(({ header, payload }) =>
        header.type === 'log' ? [{ requestId: header.requestId, text: textOf(payload) }] : [],
      )
    return { header, text: textOf(payload), logs }
  }

  /** Sends an invocation without waiting for its answer. A string is sent as it is. */
  send(event: unknown, fields: Partial<InvokeMessage> = {}): void {
    const header: InvokeMessage = {
      type: 'invoke',
      requestId: randomUUID(),
      deadlineUs: nowUs() + 30_000_000,
      invokedFunctionArn: 'arn:aws:lambda:us-east-1:000000000000:function:orders',
      ...fields,
    }
    const text = typeof event === 'string' ? event : JSON.stringify(event)
    this.transport.send(header, Buffer.from(text))
  }

  /** The first message of a type, as soon as it is there. */
  async first<Type extends SandboxMessage['type']>(type: Type): Promise<Of<Type>> {
    return (await this.next(({ header }) => header.type === type)) as Of<Type>
  }

  /** The first message from index `from` on that fits, as soon as it is there. */
  async next(
    fits: (message: Message<SandboxMessage>) => boolean,
    from = 0,
  ): Promise<Message<SandboxMessage>> {
    let seen = from
    return new Promise((resolve, reject) => {
      const look = (): void => {
        let found: Message<SandboxMessage> | undefined
        for (; found === undefined && seen < this.received.length; seen += 1) {
          const message = this.received[seen]
          if (message !== undefined && fits(message)) found = message
        }
        if (found === undefined && !this.#hasEnded) return
        this.#waiting.delete(look)
        if (found !== undefined) resolve(found)
        else reject(new Error(`The runtime has ended; it said ${describe(this.received)}`))
      }
      this.#waiting.add(look)
      look()
    })
  }
}

export const textOf = (payload: Uint8Array): string => Buffer.from(payload).toString('utf8')

export const jsonOf = (text: string): Record<string, unknown> => JSON.parse(text)

const describe = (messages: readonly Message<SandboxMessage>[]): string =>
  messages.map(({ header, payload }) => `${header.type} ${textOf(payload)}`).join('\n')
