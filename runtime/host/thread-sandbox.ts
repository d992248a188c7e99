import type { Clock } from '../kernel/clock.ts'
import { type Message, NO_PAYLOAD, type SandboxMessage } from '../runtime-api/protocol.ts'
import type {
  InitOutcome,
  InvokeOutcome,
  Sandbox,
  SandboxFactory,
  SandboxInvokeRequest,
  SandboxObserver,
  SandboxSpec,
} from '../sandbox/sandbox.ts'
import { functionEnvironment } from './function-environment.ts'
import type { RunDir } from './run-dir.ts'
import { RuntimeSession } from './runtime-session.ts'
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
 * its event loop cannot be frozen, only ended.
 */
export function createThreadSandboxFactory(deps: ThreadSandboxDeps): SandboxFactory {
  return {
    isolation: 'thread',
    create: (spec, observer) => new ThreadSandbox(spec, observer, deps),
    close: () => Promise.resolve(),
  }
}

class ThreadSandbox implements Sandbox {
  readonly id: Sandbox['id']
  readonly isolation = 'thread'
  readonly pid = undefined
  readonly #spec: SandboxSpec
  readonly #observer: SandboxObserver
  readonly #deps: ThreadSandboxDeps
  #tmpPath: string | undefined
  #thread: SupervisedThread | undefined
  #session: RuntimeSession | undefined
  #gone: Promise<void> = Promise.resolve()
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
    this.#tmpPath ??= runDir.createSandbox(this.id)
    const thread = startThread({
      filename: bootstrapPath,
      env: functionEnvironment(this.#spec, this.#tmpPath),
      heapMb: this.#spec.limits.heapMb,
    })
    this.#thread = thread
    this.#session = session
    session.onInitError = () => thread.terminate()
    thread.port.on('message', (message: Message<SandboxMessage>) => session.receive(message))
    const link = {
      send: (header: object, payload: Uint8Array = NO_PAYLOAD) =>
        thread.port.postMessage({ header, payload }),
    }
    this.#gone = thread.exited.then((exit) => {
      this.#thread = undefined
      this.#session = undefined
      session.exited(exit)
    })
    return session.spawned(link, this.#spec)
  }

  async invoke(request: SandboxInvokeRequest): Promise<InvokeOutcome> {
    const session = this.#session
    if (session === undefined) {
      const exit = { code: undefined, signal: 'SIGKILL', expected: false }
      return { kind: 'exited', exit }
    }
    const outcome = await session.invoke(request)
    this.#peakHeapBytes = Math.max(this.#peakHeapBytes, session.heapBytes)
    return outcome
  }

  async freeze(): Promise<void> {
    if (this.#thread === undefined || this.#session === undefined) return
    const { clock } = this.#deps
    Atomics.store(this.#thread.freezeFlag, 0, 1)
    const parked = this.#session.park()
    await new Promise<void>((resolve) => {
      const timer = clock.setTimer(clock.nowUs() + PARK_GRACE_US, resolve)
      void parked.then(() => {
        timer.cancel()
        resolve()
      })
    })
  }

  async thaw(): Promise<void> {
    if (this.#thread === undefined) return
    Atomics.store(this.#thread.freezeFlag, 0, 0)
    Atomics.notify(this.#thread.freezeFlag, 0)
  }

  async reset(): Promise<void> {
    this.#thread?.terminate()
    await this.#gone
  }

  async stop(): Promise<void> {
    await this.reset()
    if (this.#tmpPath !== undefined) this.#deps.runDir.removeSandbox(this.id)
    this.#tmpPath = undefined
  }

  /** What the isolate said it held, at most, at the ends of its acts: the system knows no more. */
  peakMemoryBytes(): number | undefined {
    const now = this.#session?.heapBytes ?? 0
    this.#peakHeapBytes = Math.max(this.#peakHeapBytes, now)
    return this.#peakHeapBytes === 0 ? undefined : this.#peakHeapBytes
  }
}
