/**
 * What the controller and the bootstrap inside a sandbox say to each other. This file imports
 * nothing, because it also runs inside the sandbox, on the cold path.
 *
 * A message is a small JSON header and, where one travels, a payload of raw bytes that neither
 * side needs to parse to pass on. Between processes a message is one frame on an inherited
 * descriptor:
 *
 *     u32 frame length (of all that follows) | u32 header length | header (JSON, UTF-8) | payload
 *
 * all numbers big-endian. Between threads the same pair is posted on a MessagePort.
 *
 * All stamps (`…Us`) are CLOCK_MONOTONIC in whole microseconds, which on one machine is the same
 * clock in every process and thread.
 */

/** The descriptor on which a process sandbox inherits its channel. */
export const CHANNEL_DESCRIPTOR = 3

/**
 * Lambda's cap on a response: 6 MiB and 100 bytes.
 * Source: aws-lambda-runtime-interface-emulator, `internal/lambda/interop`.
 */
export const MAX_RESPONSE_BYTES = 6_291_556

/** Refuse frames beyond this: no honest message is larger, so the stream is garbage. */
export const MAX_FRAME_BYTES = 16 * 1_048_576

/**
 * The 32-bit words that the controller shares with a thread sandbox.
 *
 * - freeze      1 while the sandbox is to be frozen.
 * - logBacklog  bytes of log under way. The thread adds `logCost` of each log message before posting;
 *               the controller subtracts the same once it has taken the message, and notifies. So a
 *               thread whose log is not taken as fast as it is printed waits, as a process waits at a
 *               full pipe.
 */
export const THREAD_WORDS = { freeze: 0, logBacklog: 1 } as const

/** A thread waits while more than this is under way, bytes. */
export const MAX_LOG_BACKLOG_BYTES = 4 * 1_048_576

/** What a log message holds while under way, about: its text, and the message around it. */
export const logCost = (payload: Uint8Array): number => payload.length + 256

/** Everything a bootstrap needs to load the function; the first message of a sandbox. */
export interface InitMessage {
  readonly type: 'init'
  /** Absolute path of the module to load, already resolved and, if TypeScript, bundled. */
  readonly modulePath: string
  /** Load it with `import()` or with `require()`. */
  readonly moduleFormat: 'module' | 'commonjs'
  /** The path of exports to the handler: `['handler']`, or `['api', 'get']`. */
  readonly exportPath: readonly string[]
  /** Accept a default export that is a function where `exportPath` finds nothing. */
  readonly allowDefaultExport: boolean
  /** The handler string as the user wrote it, for error texts. */
  readonly handler: string
  /** The module is a bundle with a source map: map stack traces back to the source. */
  readonly sourceMaps: boolean
  readonly context: FunctionContextFields
}

/** The part of Lambda's context object that is the same for every invocation of a sandbox. */
export interface FunctionContextFields {
  readonly functionName: string
  readonly functionVersion: string
  /** Whole megabytes. */
  readonly memoryLimitMb: number
  readonly logGroupName: string
  readonly logStreamName: string
}

/** One invocation; the payload is the event, JSON. */
export interface InvokeMessage {
  readonly type: 'invoke'
  readonly requestId: string
  /**
   * When its time is up. A stamp, not a time of day: so what remains is exact to the microsecond, and
   * follows no clock that somebody sets.
   */
  readonly deadlineUs: number
  readonly invokedFunctionArn: string
  readonly traceId?: string | undefined
  /** Client context, JSON text, already base64-decoded. */
  readonly clientContext?: string | undefined
}

/** Thread sandboxes only: park until the shared flag is cleared and notified. */
export interface FreezeMessage {
  readonly type: 'freeze'
}

export type ControllerMessage = InitMessage | InvokeMessage | FreezeMessage

/** The bootstrap runs and is about to load the function. */
export interface BootedMessage {
  readonly type: 'booted'
  readonly atUs: number
  /** `process.version` of the runtime inside. */
  readonly nodeVersion: string
}

/** The handler was found; the sandbox is ready for its first invocation. */
export interface InitialisedMessage {
  readonly type: 'initialised'
  readonly atUs: number
  readonly memory: SelfReportedMemory
}

/** The function could not be initialised; the payload is Lambda's error JSON. The runtime exits next. */
export interface InitErrorMessage {
  readonly type: 'initError'
  readonly atUs: number
  readonly errorType: string
}

/** The handler's result; the payload is JSON. */
export interface ResponseMessage {
  readonly type: 'response'
  readonly requestId: string
  /** When the event had arrived in the sandbox, and when the result was there. */
  readonly receivedUs: number
  readonly finishedUs: number
  readonly memory: SelfReportedMemory
  readonly served: ServedCount
}

/** The handler failed; the payload is Lambda's error JSON (`errorType`, `errorMessage`, `trace`). */
export interface ErrorMessage {
  readonly type: 'error'
  readonly requestId: string
  readonly errorType: string
  readonly receivedUs: number
  readonly finishedUs: number
  readonly memory: SelfReportedMemory
  readonly served: ServedCount
  /** The runtime ends after this error (uncaught exception, unhandled rejection). */
  readonly fatal: boolean
}

/** One log event, which may span lines; the payload is its text without the final line feed. */
export interface LogMessage {
  readonly type: 'log'
  /** Absent while no invocation is running. */
  readonly requestId?: string
  readonly atMs: number
}

/** Thread sandboxes only: about to park. Sent as the last act before `Atomics.wait`. */
export interface ParkedMessage {
  readonly type: 'parked'
}

export type SandboxMessage =
  | BootedMessage
  | InitialisedMessage
  | InitErrorMessage
  | ResponseMessage
  | ErrorMessage
  | LogMessage
  | ParkedMessage

/**
 * How many invocations the runtime has been handed since it started, the one that it answers included.
 * It counts by itself, so that whoever counts outside can be checked against it.
 */
export type ServedCount = number

/**
 * What a runtime can say about its own memory, in bytes. Threads need it: the operating system
 * does not account memory per thread.
 */
export interface SelfReportedMemory {
  /** The isolate's heap, external memory and array buffers. */
  readonly heapBytes: number
  /** Processes only: the peak that the kernel has kept of it. */
  readonly peakResidentBytes?: number
}

export interface Message<Header extends { readonly type: string }> {
  readonly header: Header
  readonly payload: Uint8Array
}

export const NO_PAYLOAD = new Uint8Array(0)

/** One frame, ready to be written in a single call. */
export function encodeFrame(header: object, payload: Uint8Array = NO_PAYLOAD): Buffer {
  const json = JSON.stringify(header)
  const headerLength = Buffer.byteLength(json)
  const frame = Buffer.allocUnsafe(8 + headerLength + payload.length)
  frame.writeUInt32BE(4 + headerLength + payload.length, 0)
  frame.writeUInt32BE(headerLength, 4)
  frame.write(json, 8, headerLength, 'utf8')
  frame.set(payload, 8 + headerLength)
  return frame
}

/**
 * Turns the bytes of a stream back into messages. A frame may arrive in any number of pieces;
 * a payload is a view of the received bytes and stays valid after the call.
 */
export class FrameDecoder<Header extends { readonly type: string }> {
  #pieces: Buffer[] = []
  #buffered = 0

  /** @throws Error when the stream cannot be one of ours: the sandbox is then beyond repair. */
  push(piece: Buffer): Message<Header>[] {
    // The most frequent case by far: one frame, in one piece.
    const isFrame = piece.length >= 8 && piece.readUInt32BE(0) === piece.length - 4
    if (isFrame && this.#buffered === 0) return [messageIn<Header>(piece, piece.length)]
    this.#pieces.push(piece)
    this.#buffered += piece.length
    const messages: Message<Header>[] = []
    for (;;) {
      const message = this.#takeMessage()
      if (message === undefined) return messages
      messages.push(message)
    }
  }

  #takeMessage(): Message<Header> | undefined {
    if (this.#buffered < 4) return undefined
    if ((this.#pieces[0] as Buffer).length < 4) this.#join()
    const length = (this.#pieces[0] as Buffer).readUInt32BE(0)
    if (length < 4 || length > MAX_FRAME_BYTES) throw new Error(`Frame of ${length} bytes`)
    if (this.#buffered < 4 + length) return undefined
    if ((this.#pieces[0] as Buffer).length < 4 + length) this.#join()
    const joined = this.#pieces[0] as Buffer
    if (joined.length === 4 + length) this.#pieces.shift()
    else this.#pieces[0] = joined.subarray(4 + length)
    this.#buffered -= 4 + length
    return messageIn<Header>(joined, 4 + length)
  }

  #join(): void {
    this.#pieces = [Buffer.concat(this.#pieces)]
  }
}

/** The message of the frame at the beginning of `bytes`, which ends at `end`. */
function messageIn<Header extends { readonly type: string }>(
  bytes: Buffer,
  end: number,
): Message<Header> {
  const headerLength = bytes.readUInt32BE(4)
  const headerEnd = 8 + headerLength
  if (headerEnd > end) throw new Error(`Header of ${headerLength} bytes`)
  return {
    header: JSON.parse(bytes.toString('utf8', 8, headerEnd)) as Header,
    payload: bytes.subarray(headerEnd, end),
  }
}
