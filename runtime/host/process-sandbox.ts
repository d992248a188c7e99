import type { Clock } from '../kernel/clock.ts'
import { encodeFrame, FrameDecoder, type SandboxMessage } from '../runtime-api/protocol.ts'
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
import { type LiveGroups, liveGroups } from './live-groups.ts'
import { OutputLines } from './output-lines.ts'
import { PeakMemory } from './peak-memory.ts'
import { signalGroup, signalProcess } from './process-group.ts'
import { type SupervisedProcess, startProcess } from './process-supervisor.ts'
import { whenStopped } from './process-waits.ts'
import type { RunDir, SandboxDir } from './run-dir.ts'
import { RuntimeSession } from './runtime-session.ts'
import { familyOf } from './stray-processes.ts'

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

interface Running {
  readonly process: SupervisedProcess
  readonly session: RuntimeSession
}

class ProcessSandbox implements Sandbox {
  readonly id: Sandbox['id']
  readonly isolation = 'process'
  readonly #spec: SandboxSpec
  readonly #observer: SandboxObserver
  readonly #deps: ProcessSandboxDeps
  readonly #groups: LiveGroups
  readonly #memory: PeakMemory
  #dir: SandboxDir | undefined
  #running: Running | undefined
  #gone: Promise<void> = Promise.resolve()
  #lastExit: RuntimeExit = { code: undefined, signal: 'SIGKILL', expected: true }
  /** Frozen with the main process, though they may have left its group. */
  #frozenFamily: readonly number[] = []

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
    return this.#running?.process.pid
  }

  async start(): Promise<InitOutcome> {
    const { clock, runDir, bootstrapPath } = this.#deps
    const session = new RuntimeSession(clock, this.#observer)
    this.#dir ??= runDir.createSandbox(this.id)
    const { path: sandboxPath, tmpPath } = this.#dir
    const command = {
      file: process.execPath,
      args: [`--max-old-space-size=${this.#spec.limits.heapMb}`, bootstrapPath],
      cwd: this.#spec.version.code.rootDir,
      env: functionEnvironment(this.#spec, tmpPath),
      sandboxPath,
    }
    const started = await startProcess(command, clock)
    this.#running = { process: started, session }
    const { pid, channel } = started
    const link = {
      send: (header: object, payload?: Uint8Array) =>
        void channel.write(encodeFrame(header, payload)),
    }
    const outcome = session.spawned(link, this.#spec)
    this.#groups.add(pid)
    this.#dir.recordRuntime(pid)
    this.#memory.follow(pid)
    this.#listen(started, session)
    return outcome
  }

  async invoke(request: SandboxInvokeRequest): Promise<InvokeOutcome> {
    // It may have ended a moment ago, between its last act and this one.
    if (this.#running === undefined) return { kind: 'exited', exit: this.#lastExit }
    const stopSampling = this.#memory.sampleChildren()
    const outcome = await this.#running.session.invoke(request)
    stopSampling()
    return outcome
  }

  async freeze(): Promise<void> {
    const { pid } = this
    if (pid === undefined || !signalGroup(pid, 'SIGSTOP')) return
    this.#frozenFamily = familyOf(pid, this.#dir?.path ?? '')
    for (const member of this.#frozenFamily) signalProcess(member, 'SIGSTOP')
    await whenStopped([pid, ...this.#frozenFamily])
  }

  async thaw(): Promise<void> {
    for (const member of this.#frozenFamily) signalProcess(member, 'SIGCONT')
    this.#frozenFamily = []
    if (this.pid !== undefined) signalGroup(this.pid, 'SIGCONT')
  }

  async reset(): Promise<void> {
    this.#memory.look()
    this.#running?.process.kill()
    await this.#gone
  }

  async stop(): Promise<void> {
    await this.reset()
    this.#dir?.remove()
    this.#dir = undefined
  }

  peakMemoryBytes(): number | undefined {
    return this.#memory.look()
  }

  #listen(started: SupervisedProcess, session: RuntimeSession): void {
    const decoder = new FrameDecoder<SandboxMessage>()
    session.onInitError = () => started.kill()
    started.channel.on('data', (piece: Buffer) => {
      try {
        for (const message of decoder.push(piece)) session.receive(message)
      } catch {
        // Not our protocol: the handler has written to the channel. Beyond repair.
        started.kill()
      }
    })
    const outputs = [started.stdout, started.stderr].map((stream) => {
      const lines = new OutputLines((text) => {
        const atMs = this.#deps.clock.wallMs()
        this.#observer.onLog({ requestId: session.requestId, atMs, text })
      })
      stream.on('data', (piece: Buffer) => lines.push(piece))
      return lines
    })
    this.#gone = started.exited.then((exit) => {
      for (const lines of outputs) lines.flush()
      this.#memory.forget()
      this.#groups.remove(started.pid)
      this.#running = undefined
      this.#frozenFamily = []
      this.#lastExit = exit
      session.exited(exit)
    })
  }
}
