import { availableParallelism, totalmem } from 'node:os'
import { resolve } from 'node:path'
import { type EmulatorOptions, parseEmulatorOptions } from './emulator-options.ts'
import { functionArn } from './functions/arn.ts'
import { type FunctionInput, parseFunctionConfig } from './functions/function-config.ts'
import { FunctionRegistry } from './functions/function-registry.ts'
import type { FunctionVersion } from './functions/function-version.ts'
import { bootstrapArtifact } from './host/bootstrap-artifact.ts'
import { prepareCode } from './host/code-package.ts'
import { type Finding, findingsOf } from './host/isolation/findings.ts'
import type { IsolationMode } from './host/isolation/machine.ts'
import { surveyMachine } from './host/isolation/survey.ts'
import type { Reaped } from './host/orphan-reaper.ts'
import { createProcessSandboxFactory, type ProcessSandboxFactory } from './host/process-sandbox.ts'
import { openRunDir, type RunDir } from './host/run-dir.ts'
import { systemClock } from './host/system-clock.ts'
import { systemRandom } from './host/system-random.ts'
import { createThreadSandboxFactory } from './host/thread-sandbox.ts'
import type { InvokeInput, InvokeResult } from './invoke/invocation.ts'
import { InvokeService } from './invoke/invoke-service.ts'
import type { SandboxId } from './kernel/ids.ts'
import { bytesToMb, msToUs, secondsToMs, usToMs } from './kernel/units.ts'
import { GuardedSandbox } from './sandbox/guarded-sandbox.ts'
import type { SandboxState } from './sandbox/lifecycle.ts'
import type { Isolation, SandboxFactory } from './sandbox/sandbox.ts'
import { type AccountLimit, accountLimit } from './scheduler/account-limit-policy.ts'
import { Scheduler } from './scheduler/scheduler.ts'
import { SchedulerDriver } from './scheduler/scheduler-driver.ts'
import { EventBus } from './telemetry/event-bus.ts'
import type { PlatformEvent } from './telemetry/platform-events.ts'

/** A sandbox as it is at this moment. */
export interface SandboxView {
  readonly id: SandboxId
  readonly functionName: string
  readonly isolation: Isolation
  readonly state: SandboxState
  /** Invocations served so far. */
  readonly invocations: number
  /** Milliseconds since it was created, and since its last act ended. */
  readonly ageMs: number
  readonly idleMs: number
  /** Process id of the runtime; absent for threads and between a reset and the next start. */
  readonly pid: number | undefined
  readonly peakMemoryMb: number | undefined
}

/** What the kernel or Sandlot keeps sandboxes that are processes from, and how. */
export interface Confinement {
  readonly mode: IsolationMode
  /** As asked for. */
  readonly cpu: 'proportional' | 'unlimited'
  readonly findings: readonly Finding[]
}

/** The real machine: a controller with its functions and sandboxes. */
export interface Emulator {
  readonly accountLimit: AccountLimit
  /** What controllers that were killed had left behind, found and removed at the start. */
  readonly reaped: Reaped
  /** How sandboxes that are processes are confined on this machine. */
  readonly confinement: Confinement
  /**
   * Checks the configuration, prepares the code and makes the function ready to be invoked.
   * Deploying a name again replaces it: idle sandboxes of the old code are stopped, busy ones
   * finish first.
   *
   * @throws SandlotError `InvalidParameterValue` for a field out of bounds, `InvalidHandler` when the
   *   file is missing, has a syntax error or lacks the export.
   */
  deploy(input: FunctionInput): Promise<FunctionVersion>
  functions(): FunctionVersion[]
  /** The function that a name, logical id or ARN means. @throws SandlotError `ResourceNotFound`, `Validation`. */
  resolve(functionName: string, qualifier?: string): FunctionVersion
  /** @throws SandlotError `ResourceNotFound`, `InvalidRequestContent`, `RequestTooLarge`, `TooManyRequests`, `Closing`. */
  invoke(input: InvokeInput): Promise<InvokeResult>
  /**
   * Resolves when all that can be done ahead of a cold start of the function is done: then what a
   * cold start takes is the runtime's and the function's own time.
   */
  prepared(functionName: string): Promise<void>
  sandboxes(): SandboxView[]
  /** Stops idle sandboxes: of one function, or all. Busy ones finish and are stopped then. Returns how many are stopped. */
  evict(functionName?: string): Promise<number>
  /** Hears every platform event from now on. Returns the way to stop hearing. */
  onEvent(listener: (event: PlatformEvent) => void): () => void
  /** Refuses new work, ends what runs, removes everything. Safe to call twice. */
  close(): Promise<void>
}

/** Limit of an init phase on demand: AWS Lambda Developer Guide, "execution environment lifecycle". */
const INIT_TIMEOUT_MS = secondsToMs(10)

/**
 * Starts a controller on this machine. Its first act is to reap what killed controllers have left.
 *
 * @throws SandlotError `InvalidParameterValue` for an option out of bounds, or a state folder that
 *   cannot be used.
 */
export async function createEmulator(input: EmulatorOptions = {}): Promise<Emulator> {
  const options = parseEmulatorOptions(input, process.env.SANDLOT_ISOLATION)
  const runDir = await openRunDir(options.stateDir)
  const machine = await surveyMachine({
    wanted: options.isolation,
    isFresh: options.surveyAfresh,
    runDir,
    clock,
  })
  const { processMainPath, threadMainPath } = await bootstrapArtifact(runDir.cachePath)
  const processes = createProcessSandboxFactory({
    clock,
    runDir,
    bootstrapPath: processMainPath,
    machine,
    limitsCpu: options.cpu === 'proportional',
  })
  const threads = createThreadSandboxFactory({ clock, runDir, bootstrapPath: threadMainPath })
  const bus = new EventBus()
  const registry = new FunctionRegistry()
  const limit = accountLimit(options.accountConcurrency, machineMemoryMb())
  const scheduler = makeScheduler(options, limit.concurrency)
  const emit = (event: PlatformEvent): void => bus.emit(event)
  const factories = { process: processes, thread: threads }
  const driver = new SchedulerDriver({
    scheduler,
    clock,
    emit,
    runtimeVersion: `nodejs:${process.versions.node}`,
    createSandbox: (spec, observer) =>
      new GuardedSandbox(factories[spec.version.config.isolation], spec, observer),
  })
  const service = new InvokeService({
    resolve: (name, qualifier) => registry.resolve(name, qualifier),
    run: (request) => driver.invoke(request),
    emit,
    clock,
    random,
  })
  return makeEmulator(
    { runDir, bus, registry, scheduler, driver, service, processes, threads },
    {
      accountLimit: limit,
      reaped: runDir.reaped,
      confinement: { mode: machine.mode, cpu: options.cpu, findings: findingsOf(machine) },
    },
  )
}

const clock = systemClock
const random = systemRandom

const makeScheduler = (
  options: ReturnType<typeof parseEmulatorOptions>,
  concurrency: number,
): Scheduler =>
  new Scheduler({
    accountLimit: concurrency,
    maxSandboxes: concurrency,
    maxParallelStarts: options.maxParallelStarts ?? Math.max(16, 8 * availableParallelism()),
    initTimeoutUs: msToUs(INIT_TIMEOUT_MS),
    idleTimeoutUs: msToUs(options.idleTimeoutMs),
    freezeDelayUs: msToUs(options.freezeDelayMs),
    random,
  })

/** What an emulator is made of. */
interface Parts {
  readonly runDir: RunDir
  readonly bus: EventBus
  readonly registry: FunctionRegistry
  readonly scheduler: Scheduler
  readonly driver: SchedulerDriver
  readonly service: InvokeService
  readonly processes: ProcessSandboxFactory
  readonly threads: SandboxFactory
}

type Facts = Pick<Emulator, 'accountLimit' | 'reaped' | 'confinement'>

function makeEmulator(parts: Parts, facts: Facts): Emulator {
  const { runDir, bus, registry, scheduler, driver, service, processes, threads } = parts
  let closed: Promise<void> | undefined
  return {
    ...facts,
    deploy: async (input) => {
      const version = await makeVersion(input, runDir.cachePath)
      const isProcess = version.config.isolation === 'process'
      if (isProcess) processes.check(version)
      registry.put(version)
      driver.deploy(version)
      if (isProcess) processes.prepare(version)
      return version
    },
    functions: () => registry.list(),
    resolve: (functionName, qualifier) => registry.resolve(functionName, qualifier),
    invoke: (input) => service.invoke(input),
    prepared: async (functionName) => {
      const version = registry.resolve(functionName)
      if (version.config.isolation === 'process') await processes.prepared(version)
    },
    sandboxes: () => sandboxViews(scheduler, driver, clock.nowUs()),
    evict: async (functionName) =>
      driver.evict(
        functionName === undefined ? undefined : registry.resolve(functionName).config.name,
      ),
    onEvent: (listener) => bus.on(listener),
    close: () => {
      processes.end()
      closed ??= closeAll(driver, [processes, threads], () => runDir.remove())
      return closed
    },
  }
}

async function makeVersion(input: FunctionInput, cachePath: string): Promise<FunctionVersion> {
  const parsed = parseFunctionConfig(input)
  const config = { ...parsed, rootDir: resolve(parsed.rootDir) }
  const { handler, rootDir } = config
  const code = await prepareCode({ handler, rootDir, cachePath })
  return { config, version: '$LATEST', arn: functionArn(config.name), code }
}

async function closeAll(
  driver: SchedulerDriver,
  factories: readonly SandboxFactory[],
  removeRunDir: () => void,
): Promise<void> {
  await driver.close()
  await Promise.all(factories.map((factory) => factory.close()))
  removeRunDir()
}

/** What this process may use: the machine's memory, or less where a container limits it. */
function machineMemoryMb(): number {
  const constrained = process.constrainedMemory()
  const total = totalmem()
  return bytesToMb(constrained > 0 && constrained < total ? constrained : total)
}

function sandboxViews(scheduler: Scheduler, driver: SchedulerDriver, nowUs: number): SandboxView[] {
  return [...scheduler.sandboxes()].flatMap((record) => {
    const sandbox = driver.runner(record.id)?.sandbox
    // A dead one is about to be forgotten.
    if (sandbox === undefined || sandbox.state === 'dead') return []
    const isIdle = record.state === 'idle' || record.state === 'halted'
    const peakBytes = sandbox.peakMemoryBytes()
    return {
      id: record.id,
      functionName: record.functionKey,
      isolation: sandbox.isolation,
      state: sandbox.state,
      invocations: record.invocations,
      ageMs: usToMs(nowUs - record.createdUs),
      idleMs: isIdle ? usToMs(nowUs - record.idleSinceUs) : 0,
      pid: sandbox.pid,
      peakMemoryMb: peakBytes === undefined ? undefined : Math.ceil(bytesToMb(peakBytes)),
    }
  })
}
