import {
  type ControllerMessage,
  type InitMessage,
  type InvokeMessage,
  MAX_RESPONSE_BYTES,
  type Message,
  type ResponseMessage,
  type SelfReportedMemory,
} from '../runtime-api/protocol.ts'
import type { Channel } from './channel.ts'
import { patchConsole } from './console-patch.ts'
import { errorLogText, errorPayload, runtimeError } from './error-serializer.ts'
import { callHandler } from './handler-caller.ts'
import { type Handler, loadHandler } from './handler-loader.ts'
import { invocationContext } from './invocation-context.ts'
import { LogWriter } from './log-writer.ts'
import { patchOutputs } from './output-patch.ts'
import { nowUs } from './stamp.ts'

export interface RuntimeLoopOptions {
  readonly channel: Channel
  readonly memory: () => SelfReportedMemory
  /** Thread sandboxes: blocks until thawed. */
  readonly park?: () => void
}

/** Runs the function: init once, then one invocation after the other, strictly in turn. */
export function runRuntime(options: RuntimeLoopOptions): void {
  const { channel } = options
  channel.send({ type: 'booted', atUs: nowUs(), nodeVersion: process.version })
  new RuntimeLoop(options).run()
}

/** Node's own code for a module whose top-level `await` never settles. */
const UNSETTLED_INIT_EXIT = 13
const FAILED_INIT_EXIT = 1
/** Exit codes of Lambda's Node runtime after an error that nobody caught. */
const UNHANDLED_REJECTION_EXIT = 128
const UNCAUGHT_EXCEPTION_EXIT = 129

interface Running {
  readonly invoke: InvokeMessage
  readonly receivedUs: number
}

interface FailurePayload {
  readonly errorType: string
  readonly errorMessage: string
}

interface Loaded {
  readonly handler: Handler
  readonly init: InitMessage
}

class RuntimeLoop {
  readonly #channel: Channel
  readonly #log: LogWriter
  readonly #memory: () => SelfReportedMemory
  readonly #park: () => void
  #loaded: Loaded | undefined
  #running: Running | undefined
  #served = 0
  #whenLoopIsEmpty: (() => void) | undefined

  constructor({ channel, memory, park = () => {} }: RuntimeLoopOptions) {
    this.#channel = channel
    this.#log = new LogWriter(channel)
    this.#memory = memory
    this.#park = park
  }

  run(): void {
    patchConsole(this.#log)
    patchOutputs(this.#log)
    process.on('uncaughtException', (error) => {
      this.#dieOf(error, 'Uncaught Exception', UNCAUGHT_EXCEPTION_EXIT)
    })
    process.on('unhandledRejection', (reason, promise) => {
      const error = runtimeError('Runtime.UnhandledPromiseRejection', String(reason))
      Object.assign(error, { reason, promise })
      this.#dieOf(error, 'Unhandled Promise Rejection', UNHANDLED_REJECTION_EXIT)
    })
    process.on('beforeExit', () => {
      const act = this.#whenLoopIsEmpty
      this.#whenLoopIsEmpty = undefined
      act?.()
    })
    // `process.exit` in a handler: what it wrote without a final line feed.
    process.on('exit', () => this.#log.flush())
    this.#channel.onMessage((message) => this.#onMessage(message))
  }

  #onMessage({ header, payload }: Message<ControllerMessage>): void {
    switch (header.type) {
      case 'init':
        void this.#initialise(header)
        return
      case 'invoke':
        this.#invoke(header, payload)
        return
      case 'freeze':
        this.#channel.send({ type: 'parked' })
        this.#park()
        return
    }
  }

  async #initialise(init: InitMessage): Promise<void> {
    // While it loads, as while it runs, only the function's own work keeps the event loop alive.
    this.#channel.keepAlive(false)
    this.#whenLoopIsEmpty = () => process.exit(UNSETTLED_INIT_EXIT)
    try {
      this.#loaded = { handler: await loadHandler(init), init }
    } catch (error) {
      this.#dieOf(error, 'Uncaught Exception', FAILED_INIT_EXIT)
    }
    this.#whenLoopIsEmpty = undefined
    this.#channel.keepAlive(true)
    this.#channel.send({ type: 'initialised', atUs: nowUs(), memory: this.#memory() })
  }

  #invoke(invoke: InvokeMessage, payload: Uint8Array): void {
    const running = { invoke, receivedUs: nowUs() }
    if (this.#loaded === undefined) throw new Error('Invoked before it was initialised')
    const { handler, init } = this.#loaded
    this.#running = running
    this.#served += 1
    this.#log.begin(invoke.requestId)
    if (invoke.traceId === undefined) delete process.env._X_AMZN_TRACE_ID
    else process.env._X_AMZN_TRACE_ID = invoke.traceId
    this.#channel.keepAlive(false)
    const whenLoopIsEmpty = (act: () => void): void => {
      if (this.#running === running) this.#whenLoopIsEmpty = act
    }
    const succeed = (result: unknown): void => this.#succeed(running, result)
    callHandler({
      handler,
      event: text(payload),
      makeContext: (completion) => invocationContext(init.context, invoke, completion),
      completion: {
        succeed,
        succeedWhenLoopIsEmpty: (result) => whenLoopIsEmpty(() => succeed(result)),
        fail: (error) => this.#fail(running, error),
      },
      whenLoopIsEmpty,
    })
  }

  #succeed(running: Running, result: unknown): void {
    if (this.#running !== running) return
    let payload: Buffer
    try {
      payload = json(result === undefined ? null : result)
    } catch {
      return this.#fail(running, new Error('Unable to stringify response body'))
    }
    if (payload.length > MAX_RESPONSE_BYTES) return this.#refuseSize(running)
    this.#channel.send(this.#finish(running), payload)
  }

  #fail(running: Running, error: unknown): void {
    if (this.#running !== running) return
    this.#log.record('ERROR', `Invoke Error \t${errorLogText(error)}`)
    this.#sendError(running, errorPayload(error), false)
  }

  #refuseSize(running: Running): void {
    const errorMessage = `Response payload size exceeded maximum allowed payload size (${MAX_RESPONSE_BYTES} bytes).`
    this.#sendError(running, { errorMessage, errorType: 'Function.ResponseSizeTooLarge' }, false)
  }

  #sendError(running: Running, payload: FailurePayload, fatal: boolean): void {
    const { errorType } = payload
    const header = { ...this.#finish(running), type: 'error', errorType, fatal } as const
    this.#channel.send(header, json(payload))
  }

  /** The invocation is over: what is printed from now on belongs to none. */
  #finish({ invoke, receivedUs }: Running): ResponseMessage {
    const finishedUs = nowUs()
    this.#running = undefined
    this.#whenLoopIsEmpty = undefined
    this.#log.end()
    this.#channel.keepAlive(true)
    return {
      type: 'response',
      requestId: invoke.requestId,
      receivedUs,
      finishedUs,
      memory: this.#memory(),
      served: this.#served,
    }
  }

  /** Ends the runtime: as a failed init, as the running invocation's error, or just so. */
  #dieOf(error: unknown, title: string, exitCode: number): never {
    this.#log.record('ERROR', `${title} \t${errorLogText(error)}`)
    const payload = errorPayload(error)
    if (this.#loaded === undefined) {
      this.#log.flush()
      const { errorType } = payload
      this.#channel.send({ type: 'initError', atUs: nowUs(), errorType }, json(payload))
    } else if (this.#running !== undefined) this.#sendError(this.#running, payload, true)
    process.exit(exitCode)
  }
}

const text = (bytes: Uint8Array): string =>
  Buffer.isBuffer(bytes)
    ? bytes.toString('utf8')
    : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8')

/** JSON of a value that has one; a function or symbol has none and becomes an empty body. */
const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value) ?? '')
