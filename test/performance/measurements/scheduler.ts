import { newRequestId, type RequestId, type SandboxId } from '../../../runtime/kernel/ids.ts'
import { seededRandom } from '../../../runtime/kernel/random.ts'
import { Scheduler } from '../../../runtime/scheduler/scheduler.ts'
import { schedulerOptions } from '../../support/scheduler-options.ts'
import { figure } from '../figures.ts'
import type { Bench, Measured, Measurement } from '../measurement.ts'

/** Events that the scheduler's core takes a second, with nothing around it. */
export const scheduler: Measurement = {
  name: 'scheduler',
  title: 'Decisions of the core of the scheduler, on one core',
  measure,
}

const PROMISED = { atLeast: 100_000 } as const
const DECISIONS = 50_000

async function measure(bench: Bench): Promise<Measured> {
  const rounds = bench.count(30, 10)
  const few = new World(10, 1)
  const many = new World(1_000, 1)
  const spread = new World(1_000, 100)
  const given = { few: [] as number[], many: [] as number[], spread: [] as number[] }
  for (let round = 0; round <= rounds; round += 1) {
    bench.show(round, rounds + 1, 'rounds')
    for (const [name, world] of Object.entries({ few, many, spread })) {
      const perSecond = world.decisionsPerSecond()
      if (round > 0) given[name as keyof typeof given].push(perSecond)
    }
    await new Promise(setImmediate)
  }
  return {
    figures: [
      figure('10 sandboxes of one function', 'per second', given.few, PROMISED),
      figure('1,000 sandboxes of one function', 'per second', given.many, PROMISED),
      figure('1,000 sandboxes of 100 functions', 'per second', given.spread, PROMISED),
    ],
    notes: [
      `each value is of ${DECISIONS.toLocaleString('en-US')} events: an invocation arrives, another is answered, half of the sandboxes are busy`,
    ],
  }
}

/** Sandboxes that are warm, half of which serve an invocation at any time. */
class World {
  readonly #functions: readonly string[]
  readonly #random = seededRandom(7)
  readonly #scheduler: Scheduler
  readonly #requestIds: readonly RequestId[]
  readonly #busy: Serving[] = []
  #arrived = 0
  #nowUs = 0

  constructor(sandboxes: number, functions: number) {
    this.#functions = Array.from({ length: functions }, (_, index) => `f${index}`)
    // Twice as many as are ever in flight: whoever makes them is not measured.
    this.#requestIds = Array.from({ length: 2 * sandboxes }, () => newRequestId(this.#random))
    this.#scheduler = new Scheduler(
      schedulerOptions({
        accountLimit: sandboxes,
        memoryBudgetMb: 16 * sandboxes,
        maxParallelStarts: sandboxes,
      }),
    )
    for (const key of this.#functions) {
      const facts = { key, functionKey: key, timeoutUs: 3_000_000, footprintMb: 16 }
      this.#scheduler.apply({ type: 'versionDeployed', facts }, this.#nowUs)
    }
    for (let made = 0; made < sandboxes; made += 1) this.#arrive()
    for (let made = 0; made < sandboxes / 2; made += 1) this.#answer()
  }

  decisionsPerSecond(): number {
    const beganMs = performance.now()
    for (let made = 0; made < DECISIONS; made += 2) {
      this.#arrive()
      this.#answer()
    }
    return (DECISIONS / (performance.now() - beganMs)) * 1_000
  }

  #arrive(): void {
    this.#nowUs += 10
    const requestId = this.#requestIds[this.#arrived % this.#requestIds.length] as RequestId
    const versionKey = this.#functions[this.#arrived % this.#functions.length] as string
    this.#arrived += 1
    const event = { type: 'invocationArrived', requestId, versionKey, forceCold: false } as const
    for (const action of this.#scheduler.apply(event, this.#nowUs)) {
      if (action.type === 'throttle') throw new Error('more than the account may have')
      if (action.type === 'assign') this.#busy.push({ sandboxId: action.sandboxId, requestId })
      if (action.type === 'start') {
        this.#scheduler.apply({ type: 'started', sandboxId: action.sandboxId }, this.#nowUs)
      }
    }
  }

  /** The one that has run longest. */
  #answer(): void {
    this.#nowUs += 10
    const serving = this.#busy.shift()
    if (serving === undefined) throw new Error('nothing is in flight')
    this.#scheduler.apply({ type: 'responded', ...serving, reusable: true }, this.#nowUs)
  }
}

interface Serving {
  readonly sandboxId: SandboxId
  readonly requestId: RequestId
}
