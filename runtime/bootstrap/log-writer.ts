import { format } from 'node:util'
import type { Channel } from './channel.ts'

const LEVELS = {
  trace: 'TRACE',
  debug: 'DEBUG',
  log: 'INFO',
  info: 'INFO',
  warn: 'WARN',
  error: 'ERROR',
} as const

/**
 * Sends what the handler prints: console records in Lambda's text layout, one log event each, and
 * what it writes to stdout and stderr line by line. Everything goes over the channel, so its order
 * is the order in which it was printed, and all of it precedes the result.
 * Layout: AWS Lambda Developer Guide, "Log and monitor Node.js Lambda functions".
 */
export class LogWriter {
  readonly #channel: Channel
  /** Text after the last line feed, of each patched stream. */
  readonly #rests: { rest: string }[] = []
  requestId: string | undefined

  constructor(channel: Channel) {
    this.#channel = channel
  }

  patchConsole(): void {
    for (const [method, level] of Object.entries(LEVELS)) {
      console[method as keyof typeof LEVELS] = (...args: unknown[]) =>
        this.record(level, format(...args))
    }
    this.#patchStream('stdout')
    this.#patchStream('stderr')
  }

  /** Before the first invocation the request id column reads `undefined`, as on Lambda. */
  record(level: string, text: string): void {
    this.#send(`${new Date().toISOString()}\t${this.requestId}\t${level}\t${text}`)
  }

  /** Sends what was written without a final line feed: an invocation's output ends with it. */
  flush(): void {
    for (const stream of this.#rests) {
      if (stream.rest !== '') this.#send(stream.rest)
      stream.rest = ''
    }
  }

  /** Creating the streams takes time, so they are patched when somebody first asks for them. */
  #patchStream(name: 'stdout' | 'stderr'): void {
    const original = Object.getOwnPropertyDescriptor(process, name)
    let patched: NodeJS.WriteStream | undefined
    Object.defineProperty(process, name, {
      configurable: true,
      enumerable: true,
      get: () => {
        patched ??= this.#patched(original?.get?.call(process) ?? original?.value)
        return patched
      },
    })
  }

  #patched(stream: NodeJS.WriteStream): NodeJS.WriteStream {
    const lines = { rest: '' }
    this.#rests.push(lines)
    stream.write = (chunk: Uint8Array | string, encoding?: unknown, callback?: unknown) => {
      const text = typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString('utf8')
      const [rest = '', ...complete] = (lines.rest + text).split('\n').reverse()
      for (const line of complete.reverse()) this.#send(line)
      lines.rest = rest
      const done = typeof encoding === 'function' ? encoding : callback
      if (typeof done === 'function') process.nextTick(done)
      return true
    }
    return stream
  }

  #send(text: string): void {
    const { requestId } = this
    const header = { type: 'log', atMs: Date.now() } as const
    this.#channel.send(
      requestId === undefined ? header : { ...header, requestId },
      Buffer.from(text),
    )
  }
}
