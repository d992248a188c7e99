import type { Channel } from './channel.ts'

/**
 * Longer log events are split: one holds at most this many bytes. The controller cuts what comes
 * from child processes at the same length.
 */
const MAX_EVENT_BYTES = 262_144

const LF = 0x0a
const NOTHING = Buffer.alloc(0)

/**
 * Sends what is printed as log events. All of it goes over the channel, so its order is the order
 * in which it was printed, and what an invocation prints precedes its result.
 */
export class LogWriter {
  readonly #channel: Channel
  readonly #lines: LineBuffer[] = []
  /** The id column keeps the last request id between invocations, as on Lambda. */
  #columnId: string | undefined
  #requestId: string | undefined

  constructor(channel: Channel) {
    this.#channel = channel
  }

  /** From now on events belong to this invocation. */
  begin(requestId: string): void {
    this.#columnId = requestId
    this.#requestId = requestId
  }

  /** The invocation is over: its last line ends with it, and later events belong to none. */
  end(): void {
    this.flush()
    this.#requestId = undefined
  }

  /**
   * One record in Lambda's text layout. Before the first invocation its id column reads
   * `undefined`. Layout: AWS Lambda Developer Guide, "Log and monitor Node.js Lambda functions".
   */
  record(level: string, text: string): void {
    const line = `${new Date().toISOString()}\t${this.#columnId}\t${level}\t${text}`
    this.#send(Buffer.from(line))
  }

  /** A stream of bytes, of which every line is an event. */
  openLines(): (bytes: Buffer) => void {
    const lines = new LineBuffer((line) => this.#send(line))
    this.#lines.push(lines)
    return (bytes) => lines.push(bytes)
  }

  /** Sends what was written without a final line feed. */
  flush(): void {
    for (const lines of this.#lines) lines.flush()
  }

  #send(text: Buffer): void {
    const requestId = this.#requestId
    const log = { type: 'log', atMs: Date.now() } as const
    const header = requestId === undefined ? log : { ...log, requestId }
    for (const piece of pieces(text)) this.#channel.send(header, piece)
  }
}

/** Holds what follows the last line feed, never more than one event's worth. */
class LineBuffer {
  readonly #onLine: (line: Buffer) => void
  #rest: Buffer = NOTHING

  constructor(onLine: (line: Buffer) => void) {
    this.#onLine = onLine
  }

  push(bytes: Buffer): void {
    let start = 0
    for (let end = bytes.indexOf(LF); end !== -1; end = bytes.indexOf(LF, start)) {
      this.#onLine(this.#withRest(bytes.subarray(start, end)))
      start = end + 1
    }
    if (start === bytes.length) return
    const rest = this.#withRest(bytes.subarray(start))
    const cut = rest.length - (rest.length % MAX_EVENT_BYTES)
    const keep = cut === 0 ? 0 : characterStart(rest, cut)
    if (keep > 0) this.#onLine(rest.subarray(0, keep))
    // A copy: the bytes are the caller's, who may write others there.
    this.#rest = Buffer.from(rest.subarray(keep))
  }

  flush(): void {
    if (this.#rest.length > 0) this.#onLine(this.#withRest(NOTHING))
  }

  #withRest(bytes: Buffer): Buffer {
    if (this.#rest.length === 0) return bytes
    const joined = Buffer.concat([this.#rest, bytes])
    this.#rest = NOTHING
    return joined
  }
}

function pieces(text: Buffer): Buffer[] {
  if (text.length <= MAX_EVENT_BYTES) return [text]
  const result: Buffer[] = []
  let start = 0
  while (text.length - start > MAX_EVENT_BYTES) {
    const end = characterStart(text, start + MAX_EVENT_BYTES)
    result.push(text.subarray(start, end))
    start = end
  }
  return [...result, text.subarray(start)]
}

/** Moves back from the middle of a UTF-8 character, which takes four bytes at most. */
function characterStart(text: Buffer, index: number): number {
  for (let start = index; start > index - 4; start -= 1) {
    if (((text[start] ?? 0) & 0xc0) !== 0x80) return start
  }
  return index
}
