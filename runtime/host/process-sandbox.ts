import { dirname } from 'node:path'
import type { FunctionVersion } from '../functions/function-version.ts'
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
import { checkVersion } from './isolation/check-version.ts'
import { Enforcement } from './isolation/enforcement.ts'
import type { Machine } from './isolation/machine.ts'
import type { LaunchedRuntime, Space } from './isolation/space.ts'
import { Spaces } from './isolation/spaces.ts'
import { liveGroups } from './live-groups.ts'
import { OutputLines } from './output-lines.ts'
import { PeakMemory } from './peak-memory.ts'
import type { ProcessExit } from './process-exit.ts'
import type { RunDir } from './run-dir.ts'
import { RuntimeSession } from './runtime-session.ts'

export interface ProcessSandboxDeps {
  readonly clock: Clock
  readonly runDir: RunDir
  /** Absolute path of the bootstrap, plain JavaScript. */
  readonly bootstrapPath: string
  readonly machine: Machine
  /** Whether CPU is in proportion to memory. */
  readonly limitsCpu: boolean
}

export interface ProcessSandboxFactory extends SandboxFactory {
  /**
   * @throws SandlotError `InvalidHandler` for code that the sandbox's user could not read,
   *   `InvalidParameterValue` for a setting that this machine cannot honour.
   */
  check(version: FunctionVersion): void
  /** A version may be invoked soon: makes ahead what its first start needs. */
  prepare(version: FunctionVersion): void
  /** Resolves when all that can be done ahead of a start is done. */
  prepared(version: FunctionVersion): Promise<void>
  /** No start will come any more: nothing is made ahead from now on. */
  end(): void
}

/** Sandboxes that are processes of their own: a real cold start, real signals, a real end. */
export function createProcessSandboxFactory(deps: ProcessSandboxDeps): ProcessSandboxFactory {
  const { clock, runDir, machine, bootstrapPath } = deps
  const groups = liveGroups(runDir, machine.controlGroups?.basePaths ?? [])
  const bootstrapFolder = dirname(bootstrapPath)
  const spaces = new Spaces({ clock, runDir, groups, machine, bootstrapFolder })
  return {
    isolation: 'process',
    create: (spec, observer) => new ProcessSandbox(spec, observer, deps, spaces),
    check: (version) => checkVersion(version, machine),
    prepare: (version) => spaces.prepare(version),
    prepared: (version) => spaces.prepared(version),
    end: () => spaces.end(),
    close: async () => {
      await spaces.close()
      await groups.close()
      await machine.controlGroups?.close()
    },
  }
}

interface Running {
  readonly runtime: LaunchedRuntime
  readonly space: Space
  readonly session: RuntimeSession
  readonly enforcement: Enforcement
  /** Where the runtime finds the module. */
  readonly modulePath: string
}

class ProcessSandbox implements Sandbox {
  readonly id: Sandbox['id']
  readonly isolation = 'process'
  readonly #spec: SandboxSpec
  readonly #observer: SandboxObserver
  readonly #deps: ProcessSandboxDeps
  readonly #spaces: Spaces
  readonly #memory: PeakMemory
  /** Made from the beginning, while the first start may still have to wait for its turn. */
  readonly #space: Promise<Space>
  #running: Running | undefined
  /** Settles when a start has made something that can be ended. */
  #launched: Promise<unknown> = Promise.resolve()
  #gone: Promise<void> = Promise.resolve()
  #lastExit: RuntimeExit = { code: undefined, signal: 'SIGKILL', expected: true }
  #wasKilled = false
  /** Its init phase is over: what starts in it from now on starts inside an invocation. */
  #isInitialised = false

  constructor(
    spec: SandboxSpec,
    observer: SandboxObserver,
    deps: ProcessSandboxDeps,
    spaces: Spaces,
  ) {
    this.id = spec.id
    this.#spec = spec
    this.#observer = observer
    this.#deps = deps
    this.#spaces = spaces
    this.#memory = new PeakMemory(deps.clock)
    this.#space = spaces.take(spec.version)
    // Whoever starts it hears of it.
    this.#space.catch(() => {})
  }

  get pid(): number | undefined {
    return this.#running?.runtime.pid
  }

  async start(): Promise<InitOutcome> {
    const launching = this.#launch()
    // Whoever ends it meanwhile has to wait for what there is to end.
    this.#launched = launching.catch(() => {})
    const { runtime, session, enforcement, modulePath } = await launching
    const link = {
      send: (header: object, payload?: Uint8Array) =>
        void runtime.channel.write(encodeFrame(header, payload)),
    }
    const { spawnedUs } = runtime
    const outcome = await session.spawned(link, this.#spec, { spawnedUs, modulePath })
    this.#isInitialised = true
    enforcement.limitCpu()
    return outcome
  }

  async invoke(request: SandboxInvokeRequest): Promise<InvokeOutcome> {
    // It may have ended a moment ago, between its last act and this one.
    if (this.#running === undefined) return { kind: 'exited', exit: this.#lastExit }
    const { session, enforcement } = this.#running
    enforcement.awake()
    this.#memory.busy()
    const outcome = await session.invoke(request)
    this.#memory.told(session.peakResidentBytes)
    this.#memory.idle(ranUsOf(outcome))
    return outcome
  }

  async freeze(): Promise<void> {
    if (this.#running === undefined) return
    this.#running.enforcement.asleep()
    await this.#running.runtime.freeze()
    this.#spaces.quiet(this.#spec.version)
  }

  async thaw(): Promise<void> {
    this.#running?.runtime.thaw()
  }

  async reset(): Promise<void> {
    this.#wasKilled = true
    await this.#launched
    this.#memory.look()
    this.#running?.runtime.kill()
    await this.#gone
  }

  async stop(): Promise<void> {
    await this.reset()
    const space = await this.#space.catch(() => undefined)
    await space?.remove()
    this.#spaces.quiet(this.#spec.version)
  }

  peakMemoryBytes(): number | undefined {
    return this.#memory.soFar()
  }

  async #launch(): Promise<Running> {
    const { limits, version } = this.#spec
    const { clock, limitsCpu, bootstrapPath } = this.#deps
    const { canWatch } = this.#deps.machine
    const session = new RuntimeSession(clock, this.#observer)
    this.#wasKilled = false
    const space = await this.#space
    const taskRoot = space.inside(version.code.rootDir)
    const bootstrap = space.inside(bootstrapPath)
    const nodePath = space.inside(process.execPath)
    const runtime = await space.launch({
      file: nodePath,
      args: [`--max-old-space-size=${limits.heapMb}`, bootstrap],
      cwd: taskRoot,
      env: functionEnvironment(this.#spec, {
        tmpDir: space.tmpPath === '/tmp' ? undefined : space.tmpPath,
        taskRoot,
        runtimeDir: dirname(bootstrap),
        nodePath,
      }),
    })
    const enforcement = new Enforcement({ runtime, space, limits, limitsCpu, canWatch, clock })
    const modulePath = space.inside(version.code.modulePath)
    const running = { runtime, space, session, enforcement, modulePath }
    this.#running = running
    this.#memory.follow(runtime)
    this.#listen(running)
    enforcement.awake()
    if (this.#isInitialised) enforcement.limitCpu()
    return running
  }

  #listen({ runtime, space, session, enforcement }: Running): void {
    const decoder = new FrameDecoder<SandboxMessage>()
    session.onInitError = () => runtime.kill()
    runtime.channel.on('data', (piece: Buffer) => {
      try {
        for (const message of decoder.push(piece)) session.receive(message)
      } catch {
        // Not our protocol: the handler has written to the channel. Beyond repair.
        runtime.kill()
      }
    })
    runtime.channel.resume()
    let isHeapExhausted = false
    const outputs = [runtime.stdout, runtime.stderr].map((stream) => {
      const lines = new OutputLines((text) => {
        isHeapExhausted ||= HEAP_EXHAUSTED.test(text)
        this.#log(session, text)
      })
      stream.on('data', (piece: Buffer) => lines.push(piece))
      return lines
    })
    this.#gone = runtime.exited.then((exit) => {
      for (const lines of outputs) lines.flush()
      enforcement.asleep()
      const exceeded =
        enforcement.exceeded() ??
        (exit.signal === 'SIGABRT' && isHeapExhausted ? ('memory' as const) : undefined)
      if (exceeded !== undefined) this.#log(session, explanationOf(exceeded, this.#spec))
      // Full as it is, the next runtime would be killed for it at once.
      if (exceeded === 'tmp') space.emptyTmp()
      this.#memory.forget()
      this.#running = undefined
      this.#lastExit = exitFrom(exit, exceeded, this.#wasKilled)
      session.exited(this.#lastExit)
    })
  }

  #log({ requestId }: RuntimeSession, text: string): void {
    this.#observer.onLog({ requestId, atMs: this.#deps.clock.wallMs(), text })
  }
}

/** Of one that ended otherwise there is nothing more to see. */
const ranUsOf = (outcome: InvokeOutcome): number =>
  outcome.kind === 'exited' ? 0 : outcome.stamps.finishedUs - outcome.stamps.receivedUs

/** V8's last words when the heap is at its limit, which is part of the memory's. */
const HEAP_EXHAUSTED = /JavaScript heap out of memory/

/** What exceeds a limit is killed, whichever way it then ended. */
function exitFrom(
  { code, signal }: ProcessExit,
  exceeded: RuntimeExit['exceeded'],
  expected: boolean,
): RuntimeExit {
  if (exceeded === undefined || expected) return { code, signal, expected }
  return { code: undefined, signal: 'SIGKILL', expected: false, exceeded }
}

function explanationOf(exceeded: NonNullable<RuntimeExit['exceeded']>, spec: SandboxSpec): string {
  const { memoryMb, tmpMb, processes } = spec.limits
  const what = {
    memory: `its processes took more than ${memoryMb} MB of memory`,
    tmp: `ENOSPC: /tmp has grown beyond ${tmpMb} MB, and was emptied`,
    processes: `it had more than ${processes} processes and threads`,
  }[exceeded]
  return `[sandlot] killed: ${what}`
}
