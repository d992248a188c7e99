import { getHeapStatistics } from 'node:v8'
import {
  type ControllerMessage,
  type InitMessage,
  type InvokeMessage,
  MAX_RESPONSE_BYTES,
  type Message,
  type SelfReportedMemory,
} from '../runtime-api/protocol.ts'
import type { Channel } from './channel.ts'
import { errorLogText, errorPayload, runtimeError } from './error-serializer.ts'
import { callHandler, type WhenLoopIsEmpty } from './handler-caller.ts'
import { type Handler, loadHandler } from './handler-loader.ts'
import { invocationContext } from './invocation-context.ts'
import { LogWriter } from './log-writer.ts'
import { nowUs } from './stamp.ts'

/** Exit codes of Lambda's Node runtime after an error that nobody caught. */
const UNHANDLED_REJECTION_EXIT = 128
const UNCAUGHT_EXCEPTION_EXIT = 129

interface Running {
  readonly invoke: InvokeMessage
  readonly receivedUs: number
}

export interface RuntimeLoopOptions {
  readonly channel: Channel
  readonly whenLoopIsEmpty: WhenLoopIsEmpty
  /** Thread sandboxes: blocks until thawed. */
  readonly park?: () => void
}

/** Runs the function: init once, then one invocation after the other, strictly in turn. */
export function runRuntime(options: RuntimeLoopOptions): void {
  new RuntimeLoop(options).run()
}

class RuntimeLoop {
  readonly #channel: Channel
  readonly #options: RuntimeLoopOptions
  readonly #log: LogWriter
  #init: InitMessage | undefined
  #handler: Handler | undefined
  #running: Running | undefined

  constructor(options: RuntimeLoopOptions) {
    this.#options = options
    this.#channel = options.channel
    this.#log = new LogWriter(options.channel)
  }

  run(): void {
    this.#log.patchConsole()
    process.on('uncaughtException', (error) => {
      this.#dieOf(error, 'Uncaught Exception', UNCAUGHT_EXCEPTION_EXIT)
    })
    process.on('unhandledRejection', (reason) => {
      const error = Object.assign(
        runtimeError('Runtime.UnhandledPromiseRejection', String(reason)),
        { reason },
      )
      this.#dieOf(error, 'Unhandled Promise Rejection', UNHANDLED_REJECTION_EXIT)
    })
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
        this.#options.park?.()
        return
    }
  }

  async #initialise(init: InitMessage): Promise<void> {
    this.#init = init
    this.#channel.send({ type: 'booted', atUs: nowUs(), nodeVersion: process.version })
    try {
      this.#handler = await loadHandler(init)
    } catch (error) {
      this.#failInit(error)
      process.exit(1)
    }
    this.#channel.send({ type: 'initialised', atUs: nowUs(), memory: memory() })
  }

  #failInit(error: unknown): void {
    this.#log.flush()
    const atUs = nowUs()
    const payload = errorPayload(error)
    const { errorType } = payload
    this.#channel.send({ type: 'initError', atUs, errorType }, json(payload))
  }

  #invoke(invoke: InvokeMessage, payload: Uint8Array): void {
    const running = { invoke, receivedUs: nowUs() }
    this.#running = running
    this.#log.requestId = invoke.requestId
    if (invoke.traceId === undefined) delete process.env._X_AMZN_TRACE_ID
    else process.env._X_AMZN_TRACE_ID = invoke.traceId
    // While the handler runs, only its own work keeps the loop alive.
    this.#channel.keepAlive(false)
    const completion = {
      succeed: (result: unknown) => this.#succeed(running, result),
      fail: (error: unknown) => this.#fail(running, error),
    }
    const { handler, fixed } = this.#loaded()
    callHandler({
      handler,
      event: JSON.parse(Buffer.from(payload).toString('utf8')),
      context: invocationContext(fixed, invoke, completion),
      completion,
      whenLoopIsEmpty: this.#options.whenLoopIsEmpty,
    })
  }

  #loaded() {
    if (this.#init === undefined || this.#handler === undefined) {
      throw runtimeError('Runtime.Unknown', 'invoked before it was initialised')
    }
    return { handler: this.#handler, fixed: this.#init.context }
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
    const { requestId } = running.invoke
    const finishedUs = this.#finish()
    const { receivedUs } = running
    this.#channel.send(
      { type: 'response', requestId, receivedUs, finishedUs, memory: memory() },
      payload,
    )
  }

  #fail(running: Running, error: unknown): void {
    if (this.#running !== running) return
    this.#log.record('ERROR', `Invoke Error \t${errorLogText(error)}`)
    const payload = errorPayload(error)
    this.#sendError(running, payload.errorType, payload, false)
  }

  #refuseSize(running: Running): void {
    const errorMessage = `Response payload size exceeded maximum allowed payload size (${MAX_RESPONSE_BYTES} bytes).`
    const errorType = 'Function.ResponseSizeTooLarge'
    this.#sendError(running, errorType, { errorMessage, errorType }, false)
  }

  #sendError(running: Running, errorType: string, payload: object, fatal: boolean): void {
    const { requestId } = running.invoke
    const { receivedUs } = running
    const finishedUs = this.#finish()
    this.#channel.send(
      { type: 'error', requestId, errorType, receivedUs, finishedUs, memory: memory(), fatal },
      json(payload),
    )
  }

  /** The invocation is over: what is printed from now on belongs to none. */
  #finish(): number {
    const finishedUs = nowUs()
    this.#log.flush()
    this.#running = undefined
    this.#channel.keepAlive(true)
    return finishedUs
  }

  #dieOf(error: unknown, title: string, exitCode: number): never {
    this.#log.record('ERROR', `${title} \t${errorLogText(error)}`)
    const running = this.#running
    if (this.#handler === undefined) this.#failInit(error)
    else if (running !== undefined) {
      const payload = errorPayload(error)
      this.#sendError(running, payload.errorType, payload, true)
    }
    process.exit(exitCode)
  }
}

/** JSON of a value that has one; a function or symbol has none and becomes an empty body. */
const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value) ?? '')

/** What this isolate holds: its heap, and the memory outside that its objects own. */
function memory(): SelfReportedMemory {
  const { total_heap_size, external_memory } = getHeapStatistics()
  return { heapBytes: total_heap_size + external_memory }
}
