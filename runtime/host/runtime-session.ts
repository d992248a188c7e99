import type { Clock } from '../kernel/clock.ts'
import type { RequestId } from '../kernel/ids.ts'
import type {
  ControllerMessage,
  InitMessage,
  Message,
  SandboxMessage,
  SelfReportedMemory,
} from '../runtime-api/protocol.ts'
import type {
  InitOutcome,
  InvokeOutcome,
  RuntimeExit,
  SandboxInvokeRequest,
  SandboxObserver,
  SandboxSpec,
  StartStamps,
} from '../sandbox/sandbox.ts'
import { logGroupName } from './function-environment.ts'
import { afterPoll } from './system-clock.ts'

/** The controller's end of a channel. */
export interface RuntimeLink {
  send(header: ControllerMessage, payload?: Uint8Array): void
}

type InitError = Extract<InitOutcome, { kind: 'error' }>

/**
 * The conversation with one runtime, from its first message to its exit: the same for processes and
 * threads. Whoever made the runtime feeds `receive` and, once everything it said has been received,
 * `exited`.
 */
export class RuntimeSession {
  readonly #observer: SandboxObserver
  #link: RuntimeLink | undefined
  #stamps: { -readonly [Stamp in keyof StartStamps]: StartStamps[Stamp] }
  #nodeVersion = ''
  #initError: InitError | undefined
  #settleStart: ((outcome: InitOutcome) => void) | undefined
  #settleInvoke: ((outcome: InvokeOutcome) => void) | undefined
  #settleParked: (() => void) | undefined
  /** The invocation that runs, or ran last. */
  requestId: RequestId | undefined
  /** What the runtime last said of its own memory, bytes. */
  heapBytes = 0
  /** The peak of its own process that it last told, bytes; 0 where it has none of its own. */
  peakResidentBytes = 0
  /** The function said that it cannot be initialised: its runtime has nothing more to do. */
  onInitError: () => void = () => {}

  constructor(clock: Clock, observer: SandboxObserver) {
    this.#observer = observer
    this.#stamps = {
      beginUs: clock.nowUs(),
      spawnedUs: undefined,
      bootedUs: undefined,
      initialisedUs: undefined,
    }
  }

  /**
   * The process or thread exists; tells it what to load.
   *
   * @param spawnedUs since when it exists, monotonic microseconds.
   * @param modulePath where it finds the module.
   */
  spawned(
    link: RuntimeLink,
    spec: SandboxSpec,
    { spawnedUs, modulePath }: { readonly spawnedUs: number; readonly modulePath: string },
  ): Promise<InitOutcome> {
    this.#stamps.spawnedUs = Math.min(spawnedUs, this.#stamps.bootedUs ?? spawnedUs)
    this.#link = link
    link.send(initMessage(spec, modulePath))
    return new Promise((resolve) => {
      this.#settleStart = resolve
    })
  }

  invoke(request: SandboxInvokeRequest): Promise<InvokeOutcome> {
    const { requestId, event, deadlineUs, invokedFunctionArn, traceId, clientContext } = request
    this.requestId = requestId
    const outcome = new Promise<InvokeOutcome>((resolve) => {
      this.#settleInvoke = resolve
    })
    // What is undefined is not in the JSON of a header.
    const context = { traceId, clientContext }
    this.#link?.send(
      { type: 'invoke', requestId, deadlineUs, invokedFunctionArn, ...context },
      event,
    )
    return outcome
  }

  /** Resolves when a thread says that it is about to park, or is gone. */
  park(): Promise<void> {
    const parked = new Promise<void>((resolve) => {
      this.#settleParked = resolve
    })
    this.#link?.send({ type: 'freeze' })
    return parked
  }

  receive({ header, payload }: Message<SandboxMessage>): void {
    switch (header.type) {
      case 'booted':
        this.#stamps.bootedUs = header.atUs
        // It may have run before whoever started it had a look at the clock.
        this.#stamps.spawnedUs = Math.min(this.#stamps.spawnedUs ?? header.atUs, header.atUs)
        this.#nodeVersion = header.nodeVersion
        return
      case 'initialised':
        this.#stamps.initialisedUs = header.atUs
        this.#remember(header.memory)
        return this.#started({
          kind: 'ready',
          stamps: this.#stamps,
          nodeVersion: this.#nodeVersion,
        })
      case 'initError':
        this.#stamps.initialisedUs = header.atUs
        this.#initError = {
          kind: 'error',
          stamps: this.#stamps,
          errorType: header.errorType,
          payload,
        }
        return this.onInitError()
      case 'response':
      case 'error':
        return this.#answered(header, payload)
      case 'log':
        return this.#log(header, payload)
      case 'parked':
        return this.#settleParked?.()
    }
  }

  /** The runtime is gone, and all it said was received. */
  exited(exit: RuntimeExit): void {
    this.#observer.onExit(exit)
    this.#started(this.#initError ?? { kind: 'exited', stamps: this.#stamps, exit })
    this.#settleInvoke?.({ kind: 'exited', exit })
    this.#settleInvoke = undefined
    this.#settleParked?.()
  }

  #remember({ heapBytes, peakResidentBytes = 0 }: SelfReportedMemory): void {
    this.heapBytes = heapBytes
    this.peakResidentBytes = peakResidentBytes
  }

  #started(outcome: InitOutcome): void {
    this.#settleStart?.(outcome)
    this.#settleStart = undefined
  }

  #answered(
    header: Extract<SandboxMessage, { type: 'response' | 'error' }>,
    payload: Uint8Array,
  ): void {
    const { requestId, receivedUs, finishedUs, memory, served } = header
    if (requestId !== this.requestId || this.#settleInvoke === undefined) return
    this.#remember(memory)
    const settle = this.#settleInvoke
    this.#settleInvoke = undefined
    const stamps = { receivedUs, finishedUs }
    // What a child process had written to stdout before has arrived too, and is the invocation's log.
    afterPoll(() => {
      if (header.type === 'response') settle({ kind: 'response', payload, stamps, served })
      else {
        const { errorType, fatal } = header
        settle({ kind: 'error', payload, errorType, stamps, served, fatal })
      }
    })
  }

  #log(header: Extract<SandboxMessage, { type: 'log' }>, payload: Uint8Array): void {
    const text = Buffer.from(payload.buffer, payload.byteOffset, payload.length).toString('utf8')
    const requestId = header.requestId as RequestId | undefined
    this.#observer.onLog({ requestId, atMs: header.atMs, text })
  }
}

function initMessage({ version, logStreamName }: SandboxSpec, modulePath: string): InitMessage {
  const { code, config } = version
  return {
    type: 'init',
    modulePath,
    moduleFormat: code.moduleFormat,
    exportPath: code.exportPath,
    allowDefaultExport: code.allowDefaultExport,
    handler: config.handler,
    sourceMaps: code.sourceMaps,
    context: {
      functionName: config.name,
      functionVersion: version.version,
      memoryLimitMb: config.memorySizeMb,
      logGroupName: logGroupName(config.name),
      logStreamName,
    },
  }
}
