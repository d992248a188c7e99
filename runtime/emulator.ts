import { availableParallelism, totalmem } from 'node:os'
import { resolve } from 'node:path'
import {
  type CheckedOptions,
  type EmulatorOptions,
  parseEmulatorOptions,
} from './emulator-options.ts'
import { functionArn } from './functions/arn.ts'
import { type ConcurrencyControl, concurrencyControl } from './functions/concurrency-control.ts'
import { type Allocation, ConcurrencySettings } from './functions/concurrency-settings.ts'
import { type FunctionInput, parseFunctionConfig } from './functions/function-config.ts'
import { FunctionRegistry } from './functions/function-registry.ts'
import type { FunctionVersion } from './functions/function-version.ts'
import {
  publishDeployed,
  type VersionControl,
  versionControl,
} from './functions/version-control.ts'
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
import { memoryShare, type SandboxView, sandboxViews, theSandbox } from './invoke/sandbox-views.ts'
import { newSandboxId, type SandboxId } from './kernel/ids.ts'
import { seededRandom, uuid } from './kernel/random.ts'
import { bytesToMb, msToUs, secondsToMs } from './kernel/units.ts'
import { GuardedSandbox } from './sandbox/guarded-sandbox.ts'
import type { SandboxFactory } from './sandbox/sandbox.ts'
import {
  type AccountLimit,
  accountLimit,
  memoryBudgetMb,
} from './scheduler/account-limit-policy.ts'
import { closingError, throttleError } from './scheduler/driver-errors.ts'
import { Scheduler } from './scheduler/scheduler.ts'
import { SchedulerDriver } from './scheduler/scheduler-driver.ts'
import { TokenBucket } from './scheduler/token-bucket.ts'
import { EventBus } from './telemetry/event-bus.ts'
import type { PlatformEvent } from './telemetry/platform-events.ts'

/** What the kernel or Sandlot keeps sandboxes that are processes from, and how. */
export interface Confinement {
  readonly mode: IsolationMode
  /** As asked for. */
  readonly cpu: 'proportional' | 'unlimited'
  readonly findings: readonly Finding[]
}

/** The real machine: a controller with its functions and sandboxes. */
export interface Emulator extends VersionControl, ConcurrencyControl {
  readonly accountLimit: AccountLimit
  /** What controllers that were killed had left behind, found and removed at the start. */
  readonly reaped: Reaped
  /** How sandboxes that are processes are confined on this machine. */
  readonly confinement: Confinement
  /**
   * Checks the configuration, prepares the code and makes the function ready to be invoked.
   * Deploying a name again replaces its `$LATEST`: idle sandboxes of the old code are stopped, busy ones
   * finish first. Its reservation becomes the one that it is deployed with; published versions stay.
   *
   * @param where what messages begin with: the place that the input comes from. Default: the function's
   *   name.
   * @throws SandlotError `InvalidParameterValue` for a field out of bounds, or more concurrency than
   *   there is; `InvalidHandler` when the file is missing, has a syntax error or lacks the export.
   */
  deploy(input: FunctionInput, where?: string): Promise<FunctionVersion>
  /** `$LATEST` of each, in order of deployment. */
  functions(): FunctionVersion[]
  /** The version that a name, logical id or ARN means. @throws SandlotError `ResourceNotFound`, `Validation`. */
  resolve(functionName: string, qualifier?: string): FunctionVersion
  /** @throws SandlotError `ResourceNotFound`, `InvalidRequestContent`, `RequestTooLarge`, `TooManyRequests`, `Closing`. */
  invoke(input: InvokeInput): Promise<InvokeResult>
  /**
   * Resolves when all that can be done ahead of a cold start of the function is done: then what a
   * cold start takes is the runtime's and the function's own time.
   */
  prepared(functionName: string): Promise<void>
  sandboxes(): SandboxView[]
  /** What all sandboxes together may take of the machine's memory, and take now. */
  memory(): { readonly budgetMb: number; readonly takenMb: number }
  /** Stops idle sandboxes: of one function, or all. Busy ones finish and are stopped then. Returns how many are stopped. */
  evict(functionName?: string): Promise<number>
  /**
   * Stops one sandbox, once it is idle. Returns its id.
   *
   * @param id the id, or as much of its beginning as no other has.
   * @throws SandlotError `ResourceNotFound` for none, `ResourceConflict` for several.
   */
  evictSandbox(id: string): Promise<SandboxId>
  /**
   * Keeps so many sandboxes of a function, or of one version of it, from being evicted when they are
   * idle; starts those that are missing; 0 ends it. Resolves once they are ready, or cannot be.
   *
   * @throws SandlotError `InvalidParameterValue` for more than this machine's memory holds, `Validation`,
   *   `Closing`.
   */
  keepWarm(functionName: string, count: number, qualifier?: string): Promise<Allocation>
  /**
   * Counts a call of Lambda's control API, of which all callers together have 15 a second.
   *
   * @throws SandlotError `TooManyRequests`.
   */
  countControlCall(): void
  /** Hears every platform event from now on. Returns the way to stop hearing. */
  onEvent(listener: (event: PlatformEvent) => void): () => void
  /** Refuses new work, ends what runs, removes everything. Safe to call twice. */
  close(): Promise<void>
}

/** Limit of an init phase on demand: AWS Lambda Developer Guide, "execution environment lifecycle". */
const INIT_TIMEOUT_MS = secondsToMs(10)
/** The same of provisioned sandboxes, where the function's own timeout is not longer: the same page. */
const PROVISIONED_INIT_TIMEOUT_MS = secondsToMs(130)

/** AWS Lambda Developer Guide, "Lambda quotas": the rest of the control plane API requests. */
const CONTROL_CALLS = { capacity: 15, refillPerSecond: 15 }

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
  const registry = new FunctionRegistry({
    wallMs: () => clock.wallMs(),
    newRevisionId: () => uuid(random),
  })
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
  const settings = new ConcurrencySettings({
    account: { asked: options.accountConcurrency, available: limit.concurrency },
    wallMs: () => clock.wallMs(),
    reserve: (name, reserved) => driver.reserve(name, reserved),
    provision: (version, count) => driver.provision(version, count),
    provisioned: (version) => driver.provisioned(version),
    memory: (version) => memoryShare(scheduler, version),
  })
  const controlCalls = options.limitsControlCalls
    ? new TokenBucket(CONTROL_CALLS, clock.nowUs())
    : undefined
  const host = { runDir, processes, threads, bus }
  return makeEmulator(
    { ...host, registry, settings, scheduler, driver, service, controlCalls },
    {
      accountLimit: limit,
      reaped: runDir.reaped,
      confinement: { mode: machine.mode, cpu: options.cpu, findings: findingsOf(machine) },
    },
  )
}

const clock = systemClock
const random = systemRandom

const makeScheduler = (options: CheckedOptions, concurrency: number): Scheduler =>
  new Scheduler({
    accountLimit: concurrency,
    memoryBudgetMb: options.memoryBudgetMb ?? memoryBudgetMb(machineMemoryMb()),
    maxParallelStarts: options.maxParallelStarts ?? Math.max(16, 8 * availableParallelism()),
    initTimeoutUs: msToUs(INIT_TIMEOUT_MS),
    provisionedInitTimeoutUs: msToUs(PROVISIONED_INIT_TIMEOUT_MS),
    freezeDelayUs: msToUs(options.freezeDelayMs),
    keepAlive: options.keepAlive,
    reuse: options.reuse,
    recycling: options.recycling,
    rates: options.rates,
    random: options.seed === undefined ? random : seededRandom(options.seed),
    // Never from a seed: ids also name what lies on the disk, beside that of other controllers.
    newSandboxId: () => newSandboxId(random),
  })

/** What an emulator is made of. */
interface Parts {
  readonly runDir: RunDir
  readonly processes: ProcessSandboxFactory
  readonly threads: SandboxFactory
  readonly bus: EventBus
  readonly registry: FunctionRegistry
  readonly settings: ConcurrencySettings
  readonly scheduler: Scheduler
  readonly driver: SchedulerDriver
  readonly service: InvokeService
  /** `undefined`: no limit. */
  readonly controlCalls: TokenBucket | undefined
}

type Facts = Pick<Emulator, 'accountLimit' | 'reaped' | 'confinement'>

function makeEmulator(parts: Parts, facts: Facts): Emulator {
  const { runDir, bus, registry, settings, scheduler, driver, service, processes, threads } = parts
  const publishing = {
    settings,
    deploy: (version: FunctionVersion) => {
      driver.deploy(version)
      if (version.config.isolation === 'process') processes.prepare(version)
    },
  }
  const sandboxes = (): SandboxView[] =>
    sandboxViews(scheduler, (id) => driver.runner(id)?.sandbox, clock.nowUs())
  let closed: Promise<void> | undefined
  return {
    ...facts,
    ...versionControl({ registry, ...publishing }),
    ...concurrencyControl({
      registry,
      settings,
      whenProvisioned: (version) => driver.whenProvisioned(version),
    }),
    deploy: async (input, where) => {
      const version = await makeVersion(input, where, runDir.cachePath)
      const isProcess = version.config.isolation === 'process'
      if (isProcess) processes.check(version)
      settings.checkDeployment(version, where)
      const deployed = registry.put(version)
      driver.deploy(version)
      settings.deployed(version.config)
      publishDeployed(deployed, publishing)
      if (isProcess) processes.prepare(version)
      return version
    },
    functions: () => registry.functions().map(({ latest }) => latest),
    resolve: (functionName, qualifier) => registry.resolve(functionName, qualifier),
    invoke: (input) => service.invoke(input),
    prepared: async (functionName) => {
      const version = registry.resolve(functionName)
      if (version.config.isolation === 'process') await processes.prepared(version)
    },
    sandboxes,
    memory: () => scheduler.memory(),
    evict: async (functionName) =>
      driver.evict(
        functionName === undefined
          ? {}
          : { functionKey: registry.resolve(functionName).config.name },
      ),
    evictSandbox: async (id) => {
      const sandboxId = theSandbox(sandboxes(), id)
      await driver.evict({ sandboxId })
      return sandboxId
    },
    keepWarm: async (functionName, count, qualifier) => {
      const version = registry.resolve(functionName, qualifier)
      settings.checkKeepWarm(version, count)
      const state = await driver.keepWarm(version, count)
      if (count === 0) return NONE_KEPT
      if (state === undefined) throw closingError()
      return state
    },
    countControlCall: () => countControlCall(parts.controlCalls),
    onEvent: (listener) => bus.on(listener),
    close: () => {
      processes.end()
      closed ??= closeAll(driver, [processes, threads], () => runDir.remove())
      return closed
    },
  }
}

/** What an end of it has come to. */
const NONE_KEPT: Allocation = {
  requested: 0,
  allocated: 0,
  available: 0,
  status: 'READY',
  statusReason: undefined,
}

function countControlCall(calls: TokenBucket | undefined): void {
  const nowUs = clock.nowUs()
  if (calls === undefined || calls.take(nowUs)) return
  throw throttleError('CallerRateLimitExceeded', calls.usUntil(nowUs))
}

async function makeVersion(
  input: FunctionInput,
  where: string | undefined,
  cachePath: string,
): Promise<FunctionVersion> {
  const parsed = parseFunctionConfig(input, where)
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
