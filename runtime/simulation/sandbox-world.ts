import { invariant, unreachable } from '../kernel/invariant.ts'
import type { Random } from '../kernel/random.ts'
import type { SchedulerAction } from '../scheduler/scheduler-events.ts'
import type { PendingEvents } from './pending-events.ts'
import type { Population } from './population.ts'
import type { StatisticsCollector } from './statistics-collector.ts'
import {
  BUSY,
  IDLE,
  STARTING,
  turnTo,
  type WorldFunction,
  type WorldInvocation,
  type WorldSandbox,
} from './world-records.ts'

type ActionOf<Type extends SchedulerAction['type']> = Extract<SchedulerAction, { type: Type }>

export interface SandboxWorldParts {
  readonly population: Population
  readonly pending: PendingEvents
  readonly statistics: StatisticsCollector
  /** For runs, one draw after the other as invocations arrive: they run equally long under any policy. */
  readonly runRandom: Random
  /** For starts, and first runs after them. */
  readonly startRandom: Random
}

/** Sandboxes that only take time: carries out what the scheduler decides. */
export class SandboxWorld {
  readonly #parts: SandboxWorldParts

  constructor(parts: SandboxWorldParts) {
    this.#parts = parts
  }

  /** @param givenRunUs how long it runs, where the trace tells. */
  arrive(fn: WorldFunction, nowUs: number, givenRunUs: number | undefined): WorldInvocation {
    const { pending, population, runRandom, statistics } = this.#parts
    const { latency } = fn
    pending.advanceTo(nowUs)
    const invocation = population.takeInvocation(fn)
    invocation.fn = fn
    invocation.arrivedUs = nowUs
    invocation.initUs = 0
    invocation.isRunGiven = givenRunUs !== undefined
    invocation.runUs = whole(givenRunUs ?? latency.runUs(runRandom))
    invocation.overheadUs = whole(latency.overheadUs(runRandom))
    statistics.arrive(invocation)
    return invocation
  }

  /** @param arriving the invocation whose arrival the scheduler answered with these. */
  carryOut(actions: readonly SchedulerAction[], arriving: WorldInvocation | undefined): void {
    for (let index = 0; index < actions.length; index += 1) {
      this.#carryOut(actions[index] as SchedulerAction, arriving)
    }
  }

  #carryOut(action: SchedulerAction, arriving: WorldInvocation | undefined): void {
    const { pending, population, statistics } = this.#parts
    switch (action.type) {
      case 'setTimer':
        return pending.setTimer(action.timer, action.atUs)
      case 'clearTimer':
        return pending.clearTimer(action.timer)
      case 'assign':
        return this.#assign(action, arriving)
      case 'dispatch':
        return this.#dispatch(population.sandbox(action.sandboxId))
      case 'finish':
        return this.#finish(action)
      case 'freeze':
        return
      case 'create':
        return this.#create(action)
      case 'start':
        return this.#start(population.sandbox(action.sandboxId), action)
      case 'reset':
        return this.#reset(population.sandbox(action.sandboxId))
      case 'stop':
        return this.#stop(population.sandbox(action.sandboxId), action)
      case 'throttle':
        statistics.throttle(action.reason)
        return this.#giveBack(arriving)
      case 'refuse':
        statistics.refuse()
        return this.#giveBack(arriving)
      case 'provisioned':
        population.function(action.versionKey).poolStatus = action.state.status
        return
      case 'keptWarm':
        return
      default:
        unreachable(action, 'scheduler action')
    }
  }

  #create({ sandboxId, versionKey, initializationType }: ActionOf<'create'>): void {
    const { pending, population, statistics } = this.#parts
    const isProvisioned = initializationType !== 'on-demand'
    statistics.create(population.addSandbox(sandboxId, versionKey, isProvisioned, pending.nowUs))
  }

  #assign(
    { requestId, sandboxId, why, concurrency }: ActionOf<'assign'>,
    arriving: WorldInvocation | undefined,
  ): void {
    if (arriving?.id !== requestId) invariant(false, `${requestId} was not assigned on arrival`)
    const { pending, population, statistics } = this.#parts
    const sandbox = population.sandboxOf(arriving.fn, sandboxId)
    sandbox.invocation = arriving
    arriving.isCold = why !== 'reused'
    arriving.concurrency = concurrency
    // One that lost its runtime waits for its turn to start, too.
    if (arriving.isCold) turnTo(sandbox, STARTING, pending.nowUs)
    statistics.assign(arriving, sandbox)
  }

  #start(sandbox: WorldSandbox, { phase, requestId }: ActionOf<'start'>): void {
    const { pending, startRandom, statistics } = this.#parts
    const { totalUs, initUs } = sandbox.fn.latency.coldStart(startRandom)
    turnTo(sandbox, STARTING, pending.nowUs)
    sandbox.phase = phase
    sandbox.initUs = whole(initUs)
    sandbox.isFresh = true
    const { invocation } = sandbox
    if (phase === 'invoke' && invocation !== undefined) invocation.durationFromUs = pending.nowUs
    if (requestId === undefined && !sandbox.isProvisioned) statistics.prewarm(sandbox)
    pending.endAfter(sandbox, whole(totalUs))
  }

  #dispatch(sandbox: WorldSandbox): void {
    const { pending, startRandom } = this.#parts
    const { activity, fn, invocation, isFresh, phase } = sandbox
    if (invocation === undefined) invariant(false, `sandbox ${sandbox.id} has nothing to run`)
    const isDurationUnderWay = activity === STARTING && phase === 'invoke'
    if (!isDurationUnderWay) invocation.durationFromUs = pending.nowUs
    const isFirstRun = isFresh && !invocation.isRunGiven
    const firstRunUs = isFirstRun ? fn.latency.firstRunUs(startRandom) : undefined
    const runUs = firstRunUs === undefined ? invocation.runUs : whole(firstRunUs)
    sandbox.isFresh = false
    turnTo(sandbox, BUSY, pending.nowUs)
    pending.endAfter(sandbox, runUs)
  }

  /** Only the sandbox that the event was about can have finished. */
  #finish({ requestId, how }: ActionOf<'finish'>): void {
    const { pending, statistics } = this.#parts
    const sandbox = pending.concerned
    const invocation = sandbox?.invocation
    if (sandbox === undefined || invocation?.id !== requestId) {
      invariant(false, `${requestId} finished where it did not run`)
    }
    sandbox.invocation = undefined
    turnTo(sandbox, IDLE, pending.nowUs)
    statistics.finish(invocation, sandbox, how, pending.nowUs)
    this.#giveBack(invocation)
  }

  #reset(sandbox: WorldSandbox): void {
    sandbox.endOrder = 0
    this.#parts.pending.answer('wasReset', sandbox.id)
  }

  #stop(sandbox: WorldSandbox, { reason }: ActionOf<'stop'>): void {
    const { pending, population, statistics } = this.#parts
    turnTo(sandbox, IDLE, pending.nowUs)
    statistics.stop(sandbox, reason)
    population.removeSandbox(sandbox)
    pending.answer('stopped', sandbox.id)
  }

  #giveBack(invocation: WorldInvocation | undefined): void {
    if (invocation !== undefined) this.#parts.population.giveBack(invocation)
  }
}

const whole = (us: number): number => Math.max(0, Math.round(us))
