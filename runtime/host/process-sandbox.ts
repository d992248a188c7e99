import type { Clock } from '../kernel/clock.ts'
import { encodeFrame, FrameDecoder, type SandboxMessage } from '../runtime-api/protocol.ts'
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
import { type LiveGroups, liveGroups } from './live-groups.ts'
import { OutputLines } from './output-lines.ts'
import { PeakMemory } from './peak-memory.ts'
import { whenStopped } from './process-freezer.ts'
import { signalGroup } from './process-group.ts'
import { type SupervisedProcess, startProcess } from './process-supervisor.ts'
import type { RunDir } from './run-dir.ts'
import { RuntimeSession } from './runtime-session.ts'

export interface ProcessSandboxDeps {
  readonly clock: Clock
  readonly runDir: RunDir
  /** Absolute path of the bootstrap, plain JavaScript. */
  readonly bootstrapPath: string
}

/** Sandboxes that are processes of their own: a real cold start, real signals, a real end. */
export function createProcessSandboxFactory(deps: ProcessSandboxDeps): SandboxFactory {
  const groups = liveGroups(deps.runDir)
  return {
    isolation: 'process',
    create: (spec, observer) => new ProcessSandbox(spec, observer, deps, groups),
    close: () => groups.close(),
  }
}

class ProcessSandbox implements Sandbox {
  readonly id: Sandbox['id']
  readonly isolation = 'process'
  readonly #spec: SandboxSpec
  readonly #observer: SandboxObserver
  readonly #deps: ProcessSandboxDeps
  readonly #groups: LiveGroups
  readonly #memory: PeakMemory
  #tmpPath: string | undefined
  #process: SupervisedProcess | undefined
  #session: RuntimeSession | undefined
  #gone: Promise<void> = Promise.resolve()

  constructor(
    spec: SandboxSpec,
    observer: SandboxObserver,
    deps: ProcessSandboxDeps,
    groups: LiveGroups,
  ) {
    this.id = spec.id
    this.#spec = spec
    this.#observer = observer
    this.#deps = deps
    this.#groups = groups
    this.#memory = new PeakMemory(deps.clock)
  }

  get pid(): number | undefined {
    return this.#process?.pid
  }

  async start(): Promise<InitOutcome> {
    const { clock, runDir, bootstrapPath } = this.#deps
    const session = new RuntimeSession(clock, this.#observer)
    this.#tmpPath ??= runDir.createSandbox(this.id)
    const { code } = this.#spec.version
    const command = {
      file: process.execPath,
      args: [`--max-old-space-size=${this.#spec.limits.heapMb}`, bootstrapPath],
      cwd: code.rootDir,
      env: functionEnvironment(this.#spec, this.#tmpPath),
    }
    const running = startProcess(command, clock)
    this.#process = running
    this.#session = session
    const link = {
      send: (header: object, payload?: Uint8Array) =>
        void running.channel.write(encodeFrame(header, payload)),
    }
    const outcome = session.spawned(link, this.#spec)
    this.#groups.add(this.id, running.pid)
    this.#memory.follow(running.pid)
    this.#listen(running, session)
    return outcome
  }

  async invoke(request: SandboxInvokeRequest): Promise<InvokeOutcome> {
    const session = this.#session
    if (session === undefined || this.#process === undefined) return this.#neverRan()
    const stopSampling = this.#memory.sampleChildren()
    const outcome = await session.invoke(request)
    stopSampling()
    return outcome
  }

  async freeze(): Promise<void> {
    const pid = this.pid
    if (pid === undefined || !signalGroup(pid, 'SIGSTOP')) return
    await whenStopped(pid)
  }

  async thaw(): Promise<void> {
    if (this.pid !== undefined) signalGroup(this.pid, 'SIGCONT')
  }

  async reset(): Promise<void> {
    this.#memory.look()
    this.#process?.kill()
    await this.#gone
  }

  async stop(): Promise<void> {
    await this.reset()
    if (this.#tmpPath !== undefined) this.#deps.runDir.removeSandbox(this.id)
    this.#tmpPath = undefined
  }

  peakMemoryBytes(): number | undefined {
    return this.#memory.look()
  }

  #listen(running: SupervisedProcess, session: RuntimeSession): void {
    const decoder = new FrameDecoder<SandboxMessage>()
    session.onInitError = () => running.kill()
    running.channel.on('data', (piece: Buffer) => {
      try {
        for (const message of decoder.push(piece)) session.receive(message)
      } catch {
        // Not our protocol: the handler has written to the channel. Beyond repair.
        running.kill()
      }
    })
    const outputs = [running.stdout, running.stderr].map((stream) => {
      const lines = new OutputLines((text) => {
        const atMs = this.#deps.clock.wallMs()
        this.#observer.onLog({ requestId: session.requestId, atMs, text })
      })
      stream.on('data', (piece: Buffer) => lines.push(piece))
      return lines
    })
    this.#gone = running.exited.then((exit) => {
      for (const lines of outputs) lines.flush()
      this.#memory.forget()
      this.#groups.remove(running.pid)
      this.#process = undefined
      this.#session = undefined
      session.exited(exit)
    })
  }

  #neverRan(): InvokeOutcome {
    const exit = { code: undefined, signal: 'SIGKILL', expected: false }
    return { kind: 'exited', exit }
  }
}
