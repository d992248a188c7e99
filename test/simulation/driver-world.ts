import type { FunctionVersion } from '../../runtime/functions/function-version.ts'
import { endingOf, reportOf, startReasonOf } from '../../runtime/invoke/invoke-result.ts'
import { isSandlotError } from '../../runtime/kernel/errors.ts'
import { newRequestId } from '../../runtime/kernel/ids.ts'
import { type Random, seededRandom } from '../../runtime/kernel/random.ts'
import { GuardedSandbox } from '../../runtime/sandbox/guarded-sandbox.ts'
import type { InvocationRun } from '../../runtime/scheduler/invocation-run.ts'
import { Scheduler } from '../../runtime/scheduler/scheduler.ts'
import { SchedulerDriver } from '../../runtime/scheduler/scheduler-driver.ts'
import type { EvictionScope } from '../../runtime/scheduler/scheduler-events.ts'
import { VirtualClock } from '../../runtime/simulation/virtual-clock.ts'
import { type PhaseEnds, phasesFrom } from '../../runtime/telemetry/phases.ts'
import type { PlatformEvent } from '../../runtime/telemetry/platform-events.ts'
import { drawnRules } from './drawn-rules.ts'
import { faultySandboxes, type Population } from './faulty-sandbox.ts'

const SECOND_US = 1_000_000
const VERSIONS = ['$LATEST', '1'] as const

/** What is refused or lost without any fault of the emulator's. */
const EXPECTED = ['TooManyRequests', 'SandboxUnavailable', 'Closing']

/**
 * Scheduler, driver and guards as they are, on sandboxes that go wrong by chance, under a virtual
 * clock: invocations, deployments and evictions come at any moment. One seed is one history.
 */
export class DriverWorld {
  readonly clock = new VirtualClock(1_700_000_000_000)
  readonly trace: string[] = []
  readonly endings: string[] = []
  readonly population: Population = { runtimes: 0 }
  readonly scheduler: Scheduler
  readonly #driver: SchedulerDriver
  readonly #random: Random
  readonly #versions = new Map<string, FunctionVersion>()
  #problem: unknown
  #invoked = 0
  #created = 0
  #stopped = 0
  #waiting = 0

  constructor(seed: number) {
    this.#random = seededRandom(seed)
    const { clock } = this
    const rules = drawnRules(this.#random, seed)
    this.scheduler = new Scheduler({
      ...rules,
      initTimeoutUs: 1_800,
      provisionedInitTimeoutUs: 4_000,
      freezeDelayUs: 200,
    })
    const faults = { ofFunction: this.#random.next() * 0.4, ofMachine: this.#random.next() * 0.05 }
    const chance = seededRandom(seed + 2)
    const factory = faultySandboxes(clock, chance, faults, this.population)
    this.#driver = new SchedulerDriver({
      scheduler: this.scheduler,
      clock,
      emit: (event) => this.#hear(event),
      runtimeVersion: 'nodejs:0.0.0',
      createSandbox: (spec, observer) => new GuardedSandbox(factory, spec, observer),
    })
    for (const name of 'abc') for (const version of VERSIONS) this.#deploy(name, version)
  }

  /** Lets one thing happen, and then some time pass. */
  async step(): Promise<void> {
    const dice = this.#random.next()
    const name = this.#someFunction()
    if (dice < 0.6) this.#invoke(this.#someVersion(name))
    else if (dice < 0.625) void this.#driver.evict(this.#someScope(name))
    else if (dice < 0.64) this.#deploy(name, '$LATEST')
    else if (dice < 0.66) this.#reserve(name)
    else if (dice < 0.69) this.#hold(this.#someVersion(name))
    const isLong = this.#random.next() < 0.02
    await this.#pass(Math.floor(this.#random.next() * (isLong ? 200 * SECOND_US : 800)))
  }

  /** Closes at this very moment; all that goes on must come to its end. */
  async close(): Promise<void> {
    let isClosed = false
    void this.#driver.close().then(() => {
      isClosed = true
    })
    for (let turn = 0; !isClosed || this.endings.length < this.#invoked; turn += 1) {
      if (turn > 1_000) throw new Error(`not closed: ${this.endings.length} of ${this.#invoked}`)
      await this.#pass(100)
    }
    // What was under way in a sandbox that is gone.
    await this.#pass(10_000)
  }

  /** Invocations that were asked for and have not ended, and sandboxes that were not told of as stopped. */
  get open(): {
    readonly invocations: number
    readonly sandboxes: number
    readonly waiting: number
  } {
    return {
      waiting: this.#waiting,
      invocations: this.#invoked - this.endings.length,
      sandboxes: this.#created - this.#stopped,
    }
  }

  #invoke(version: FunctionVersion): void {
    this.#invoked += 1
    const requestId = newRequestId(this.#random)
    this.#driver
      .invoke({
        requestId,
        version,
        qualifier: version.version,
        event: new Uint8Array(),
        forceCold: this.#random.next() < 0.1,
        invokedFunctionArn: version.arn,
        traceId: 'Root=1',
        clientContext: undefined,
        arrivedUs: this.clock.nowUs(),
      })
      .then(
        (run) => this.#ended(requestId, this.#told(run)),
        (error: unknown) => this.#ended(requestId, refusal(error)),
      )
      .catch((error: unknown) => {
        this.#problem ??= error
      })
  }

  #ended(requestId: string, how: string): void {
    this.endings.push(how.split(' ')[0] as string)
    this.trace.push(`${this.clock.nowUs()} ${requestId} ${how}`)
  }

  /** All that is told of an invocation can be told, and adds up. */
  #told(run: InvocationRun): string {
    const nowUs = this.clock.nowUs()
    const ending = endingOf(run)
    const report = reportOf(run, ending)
    const ends: PhaseEnds = { ...run.ends, delivered: nowUs }
    const phases = phasesFrom(run.request.arrivedUs, ends)
    const totalUs = phases.reduce((sum, { durationUs }) => sum + durationUs, 0)
    if (totalUs !== nowUs - run.request.arrivedUs) throw new Error('phases are not the total')
    if (Math.round(report.durationMs * 1_000) > totalUs) throw new Error('longer than the whole')
    if (report.durationMs > run.request.version.config.timeoutMs + 2) {
      throw new Error(`ran for ${report.durationMs} ms`)
    }
    return `${ending.outcome} ${startReasonOf(run)} ${JSON.stringify(report)}`
  }

  #deploy(name: string, number: string): void {
    const version = {
      config: {
        name,
        timeoutMs: 2 + Math.floor(this.#random.next() * 4),
        memorySizeMb: 128,
      },
      version: number,
      arn: `arn:aws:lambda:us-east-1:000000000000:function:${name}`,
    } as FunctionVersion
    this.#versions.set(`${name}:${number}`, version)
    this.#driver.deploy(version)
  }

  #reserve(name: string): void {
    const drawn = Math.floor(this.#random.next() * 6)
    this.#driver.reserve(name, drawn < 3 ? drawn : undefined)
  }

  /** Whoever waits for it hears of its end, whatever that is. */
  #hold(version: FunctionVersion): void {
    const count = Math.floor(this.#random.next() * 4)
    const isProvisioned = this.#random.next() < 0.6
    if (isProvisioned) this.#driver.provision(version, count)
    const settled = isProvisioned
      ? this.#driver.whenProvisioned(version)
      : this.#driver.keepWarm(version, count)
    this.#waiting += 1
    void settled.then(() => {
      this.#waiting -= 1
    })
  }

  #someScope(functionKey: string): EvictionScope {
    const dice = this.#random.next()
    const ids = [...this.scheduler.sandboxes()].map(({ id }) => id)
    const sandboxId = ids[Math.floor(this.#random.next() * ids.length)]
    if (dice < 0.5 && sandboxId !== undefined) return { sandboxId }
    return dice < 0.9 ? { functionKey } : {}
  }

  #someVersion(name: string): FunctionVersion {
    const number = VERSIONS[this.#random.next() < 0.7 ? 0 : 1]
    const version = this.#versions.get(`${name}:${number}`)
    if (version === undefined) throw new Error('not deployed')
    return version
  }

  #hear(event: PlatformEvent): void {
    if (event.type === 'sandbox.created') this.#created += 1
    if (event.type === 'sandbox.stopped') this.#stopped += 1
    this.trace.push(`${this.clock.nowUs()} ${JSON.stringify(event)}`)
  }

  /** Timer by timer, as on a real clock: what a timer brings about is done before the next fires. */
  async #pass(us: number): Promise<void> {
    const untilUs = this.clock.nowUs() + us
    for (;;) {
      await new Promise((resolve) => setImmediate(resolve))
      const { nextUs } = this.clock
      if (nextUs === undefined || nextUs > untilUs) break
      this.clock.advanceTo(nextUs)
    }
    this.clock.advanceTo(untilUs)
    if (this.#problem !== undefined) throw this.#problem
  }

  #someFunction(): string {
    return 'abc'[Math.floor(this.#random.next() * 3)] as string
  }
}

function refusal(error: unknown): string {
  if (isSandlotError(error) && EXPECTED.includes(error.code)) return error.code
  throw error
}
