import type { SandboxId } from '../kernel/ids.ts'
import { invariant } from '../kernel/invariant.ts'
import { seededRandom } from '../kernel/random.ts'
import { Scheduler } from '../scheduler/scheduler.ts'
import type { SchedulerEvent } from '../scheduler/scheduler-events.ts'
import { Fingerprint } from './fingerprint.ts'
import { outcomeOf } from './outcome-of.ts'
import { PendingEvents } from './pending-events.ts'
import { Population } from './population.ts'
import { SandboxWorld } from './sandbox-world.ts'
import type { SimulationOutcome } from './simulation-outcome.ts'
import type { SimulationSettings } from './simulation-settings.ts'
import { StatisticsCollector } from './statistics-collector.ts'
import type { Arrival, SimulatedWorkload } from './workload.ts'
import {
  newFunction,
  newSizeTotals,
  type SizeTotals,
  type WorldFunction,
  type WorldInvocation,
} from './world-records.ts'

/** As the emulator has them; see `emulator-options.ts`. */
const INIT_TIMEOUT_US = 10_000_000
const PROVISIONED_INIT_TIMEOUT_US = 130_000_000
const FREEZE_DELAY_US = 5_000

/**
 * The scheduler that runs real sandboxes, on sandboxes that only take time, as fast as it can decide.
 *
 * What is provisioned is ready when the workload begins. What arrives at an instant comes before what
 * else is due at it. At the end of the arrivals it goes on until nothing is in flight any more.
 */
export class Simulation {
  readonly #workload: SimulatedWorkload
  readonly #functions: readonly WorldFunction[]
  readonly #sizes: readonly SizeTotals[]
  readonly #scheduler: Scheduler
  readonly #population: Population
  readonly #fingerprint = new Fingerprint()
  readonly #pending: PendingEvents
  readonly #statistics: StatisticsCollector
  readonly #world: SandboxWorld
  readonly #arrivals: Iterator<Arrival>
  /** The next one; `undefined`: there are no more. */
  #arrival: Arrival | undefined
  /** The scheduler's time when the workload began. */
  #originUs = 0
  #decisions = 0
  #isOver = false

  /** Nothing has arrived yet, but what is provisioned is ready. */
  constructor(workload: SimulatedWorkload, settings: SimulationSettings) {
    const sizes = new Map<number, SizeTotals>()
    this.#workload = workload
    this.#functions = workload.functions.map((spec, index) =>
      newFunction(index, spec, sizeOf(sizes, spec.memoryMb)),
    )
    this.#sizes = [...sizes.values()].sort((a, b) => a.memoryMb - b.memoryMb)
    // Streams of their own, so that a policy that draws more changes neither runs nor starts.
    const randomOf = (stream: number) => seededRandom(Math.imul(settings.seed, 3) + stream)
    this.#scheduler = new Scheduler({
      ...settings,
      initTimeoutUs: INIT_TIMEOUT_US,
      provisionedInitTimeoutUs: PROVISIONED_INIT_TIMEOUT_US,
      freezeDelayUs: FREEZE_DELAY_US,
      random: randomOf(0),
      newSandboxId: countedIds(),
    })
    this.#population = new Population(this.#functions)
    this.#pending = new PendingEvents(this.#population, this.#fingerprint)
    this.#statistics = new StatisticsCollector(workload.durationUs)
    this.#world = new SandboxWorld({
      population: this.#population,
      pending: this.#pending,
      statistics: this.#statistics,
      runRandom: randomOf(1),
      startRandom: randomOf(2),
    })
    this.#arrivals = workload.arrivals()[Symbol.iterator]()
    this.#deploy()
    this.#nextArrival()
  }

  /**
   * Goes on for so many events at most, so that whoever calls can show how far it is, or stop.
   *
   * @returns true when it is over.
   */
  run(atMostEvents: number): boolean {
    for (let left = atMostEvents; left > 0 && !this.#isOver; left -= 1) this.#step()
    return this.#isOver
  }

  /** How far it is: microseconds are of the workload. */
  get progress(): { arrived: number; planned: number | undefined; virtualUs: number } {
    const { planned } = this.#workload
    return { arrived: this.#statistics.arrived, planned, virtualUs: this.#virtualUs }
  }

  /** Of all so far. When it is over, idle sandboxes were held to the end of the workload. */
  outcome(): SimulationOutcome {
    const lastUs = this.#statistics.lastEndUs - this.#originUs
    const endUs = this.#isOver ? Math.max(this.#workload.durationUs, lastUs) : this.#virtualUs
    return outcomeOf({
      statistics: this.#statistics,
      functions: this.#functions,
      sizes: this.#sizes,
      sandboxes: [...this.#population.sandboxes()],
      originUs: this.#originUs,
      endUs,
      decisions: this.#decisions,
      fingerprint: this.#fingerprint.text,
    })
  }

  get #virtualUs(): number {
    return Math.max(0, this.#pending.nowUs - this.#originUs)
  }

  #step(): void {
    const dueUs = this.#pending.nextUs
    const arrival = this.#arrival
    if (arrival !== undefined && arrival.atUs + this.#originUs <= dueUs) this.#arrive(arrival)
    else if (this.#isPastEnd(dueUs)) this.#isOver = true
    else this.#take()
  }

  /** Nothing arrives any more, nothing is in flight, and what is due then happens after the workload. */
  #isPastEnd(dueUs: number): boolean {
    if (this.#arrival !== undefined || this.#statistics.inFlight > 0) return false
    return dueUs > this.#workload.durationUs + this.#originUs
  }

  #arrive({ atUs, fn: index, runUs }: Arrival): void {
    const nowUs = atUs + this.#originUs
    // A text is only made where it is needed: this is passed a million times.
    if (nowUs < this.#pending.nowUs) invariant(false, `an arrival at ${atUs} µs after a later one`)
    const fn = this.#population.functionAt(index)
    this.#statistics.timeline.advanceTo(atUs)
    this.#fingerprint.add(~index, nowUs)
    const invocation = this.#world.arrive(fn, nowUs, runUs)
    const { id: requestId } = invocation
    const { versionKey } = fn
    this.#apply({ type: 'invocationArrived', requestId, versionKey, forceCold: false }, invocation)
    this.#nextArrival()
  }

  #take(): void {
    const event = this.#pending.take()
    if (event === undefined) return
    this.#statistics.timeline.advanceTo(this.#pending.nowUs - this.#originUs)
    this.#apply(event, undefined)
  }

  #apply(event: SchedulerEvent, arriving: WorldInvocation | undefined): void {
    this.#decisions += 1
    const actions = this.#scheduler.apply(event, this.#pending.nowUs)
    this.#world.carryOut(actions, arriving)
  }

  #nextArrival(): void {
    const next = this.#arrivals.next()
    this.#arrival = next.done === true ? undefined : next.value
  }

  /** What is provisioned becomes ready before the workload begins: as much of it as can be. */
  #deploy(): void {
    for (const { spec, versionKey } of this.#functions) {
      const { name: functionKey, memoryMb: footprintMb, provisioned, reserved, timeoutUs } = spec
      const facts = { key: versionKey, functionKey, timeoutUs, footprintMb }
      this.#apply({ type: 'versionDeployed', facts }, undefined)
      if (reserved !== undefined) {
        this.#apply({ type: 'reservationChanged', functionKey, reserved }, undefined)
      }
      if (provisioned === 0) continue
      this.#apply({ type: 'provisionedChanged', versionKey, count: provisioned }, undefined)
    }
    const waited = this.#functions.filter(({ spec }) => spec.provisioned > 0)
    const isUnderWay = () => waited.some(({ poolStatus }) => poolStatus === 'IN_PROGRESS')
    while (isUnderWay() && this.#pending.nextUs < Number.POSITIVE_INFINITY) {
      const event = this.#pending.take()
      if (event !== undefined) this.#apply(event, undefined)
    }
    // What was held until now is not the workload's.
    this.#originUs = this.#pending.nowUs
    for (const { heldUs } of this.#sizes) heldUs.fill(0)
    for (const { poolStatus, size, spec } of waited) {
      if (poolStatus === 'READY') size.provisioned += spec.provisioned
    }
    for (const sandbox of this.#population.sandboxes()) sandbox.sinceUs = this.#originUs
  }
}

function sizeOf(sizes: Map<number, SizeTotals>, memoryMb: number): SizeTotals {
  const size = sizes.get(memoryMb) ?? newSizeTotals(memoryMb)
  sizes.set(memoryMb, size)
  return size
}

function countedIds(): () => SandboxId {
  let made = 0
  return () => {
    made += 1
    return `sandbox-${made}` as SandboxId
  }
}
