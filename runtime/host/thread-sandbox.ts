import { dirname } from 'node:path'
import type { Clock } from '../kernel/clock.ts'
import {
  logCost,
  type Message,
  NO_PAYLOAD,
  type SandboxMessage,
  THREAD_WORDS,
} from '../runtime-api/protocol.ts'
import type {
  InitOutcome,
  InvokeOutcome,
  RuntimeExit,
  Sandbox,
  SandboxFactory,
  SandboxInvokeRequest,
  SandboxObserver,
  SandboxSpec,
} from '../sandbox/sandbox.ts'
import { functionEnvironment } from './function-environment.ts'
import { whenEnded } from './process-waits.ts'
import type { RunDir, SandboxDir } from './run-dir.ts'
import { RuntimeSession } from './runtime-session.ts'
import { killMarked } from './stray-processes.ts'
import { type SupervisedThread, startThread } from './thread-supervisor.ts'

export interface ThreadSandboxDeps {
  readonly clock: Clock
  readonly runDir: RunDir
  /** Absolute path of the bootstrap, plain JavaScript. */
  readonly bootstrapPath: string
}

/** A thread that does not come to its event loop is not idle; do not wait for it to park. */
const PARK_GRACE_US = 100_000

/**
 * Sandboxes that are worker threads: lighter than processes, and weaker. A thread shares the
 * controller's working directory, user and limits; its memory limit is that of its heap; what blocks
 * its event loop cannot be frozen, only ended; the processes that it starts are not frozen with it.
 */
export function createThreadSandboxFactory(deps: ThreadSandboxDeps): SandboxFactory {
  return {
    isolation: 'thread',
    create: (spec, observer) => new ThreadSandbox(spec, observer, deps),
    close: () => Promise.resolve(),
  }
}

interface Running {
  readonly thread: SupervisedThread
  readonly session: RuntimeSession
}

class ThreadSandbox implements Sandbox {
  readonly id: Sandbox['id']
  readonly isolation = 'thread'
  readonly pid = undefined
  readonly #spec: SandboxSpec
  readonly #observer: SandboxObserver
  readonly #deps: ThreadSandboxDeps
  #dir: SandboxDir | undefined
  #running: Running | undefined
  #gone: Promise<void> = Promise.resolve()
  #lastExit: RuntimeExit = { code: undefined, signal: 'SIGKILL', expected: true }
  #peakHeapBytes = 0

  constructor(spec: SandboxSpec, observer: SandboxObserver, deps: ThreadSandboxDeps) {
    this.id = spec.id
    this.#spec = spec
    this.#observer = observer
    this.#deps = deps
  }

  async start(): Promise<InitOutcome> {
    const { clock, runDir, bootstrapPath } = this.#deps
    const session = new RuntimeSession(clock, this.#observer)
    this.#dir ??= runDir.createSandbox(this.id)
    const { path: sandboxPath, tmpPath } = this.#dir
    const thread = startThread({
      filename: bootstrapPath,
      env: functionEnvironment(this.#spec, {
        tmpDir: tmpPath,
        taskRoot: this.#spec.version.code.rootDir,
        runtimeDir: dirname(bootstrapPath),
        nodePath: process.execPath,
      }),
      heapMb: this.#spec.limits.heapMb,
    })
    const spawnedUs = clock.nowUs()
    this.#running = { thread, session }
    session.onInitError = () => thread.terminate()
    thread.port.on('message', (message: Message<SandboxMessage>) => {
      session.receive(message)
      if (message.header.type === 'log') makeRoom(thread, message.payload)
    })
    const link = {
      send: (header: object, payload: Uint8Array = NO_PAYLOAD) =>
        thread.port.postMessage({ header, payload: whole(payload) }),
    }
    this.#gone = thread.exited.then(async (exit) => {
      // The processes that it had started are this process's children now.
      await whenEnded(killMarked(sandboxPath))
      this.#peakHeapBytes = Math.max(this.#peakHeapBytes, session.heapBytes)
      this.#running = undefined
      this.#lastExit = exit
      session.exited(exit)
    })
    return session.spawned(link, this.#spec, {
      spawnedUs,
      modulePath: this.#spec.version.code.modulePath,
    })
  }

  async invoke(request: SandboxInvokeRequest): Promise<InvokeOutcome> {
    // It may have ended a moment ago, between its last act and this one.
    if (this.#running === undefined) return { kind: 'exited', exit: this.#lastExit }
    return this.#running.session.invoke(request)
  }

  async freeze(): Promise<void> {
    if (this.#running === undefined) return
    const { clock } = this.#deps
    const { thread, session } = this.#running
    Atomics.store(thread.words, THREAD_WORDS.freeze, 1)
    const parked = session.park()
    await new Promise<void>((resolve) => {
      const timer = clock.setTimer(clock.nowUs() + PARK_GRACE_US, resolve)
      void parked.then(() => {
        timer.cancel()
        resolve()
      })
    })
  }

  async thaw(): Promise<void> {
    if (this.#running === undefined) return
    const { words } = this.#running.thread
    Atomics.store(words, THREAD_WORDS.freeze, 0)
    Atomics.notify(words, THREAD_WORDS.freeze)
  }

  async reset(): Promise<void> {
    this.#running?.thread.terminate()
    await this.#gone
  }

  async stop(): Promise<void> {
    await this.reset()
    this.#dir?.remove()
    this.#dir = undefined
  }

  /** What the isolate said it held, at most, at the ends of its acts: the system knows no more. */
  peakMemoryBytes(): number | undefined {
    const now = this.#running?.session.heapBytes ?? 0
    this.#peakHeapBytes = Math.max(this.#peakHeapBytes, now)
    return this.#peakHeapBytes === 0 ? undefined : this.#peakHeapBytes
  }
}

/** A small one is a view of a pool that others use too, and a port would take along all of that. */
const whole = (payload: Uint8Array): Uint8Array =>
  payload.length === payload.buffer.byteLength ? payload : new Uint8Array(payload)

/** A log message was taken: a thread that waits for room may go on. */
function makeRoom({ words }: SupervisedThread, payload: Uint8Array): void {
  Atomics.sub(words, THREAD_WORDS.logBacklog, logCost(payload))
  Atomics.notify(words, THREAD_WORDS.logBacklog)
}
