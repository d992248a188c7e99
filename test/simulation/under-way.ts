import type { RequestId, SandboxId } from '../../runtime/kernel/ids.ts'
import type { Random } from '../../runtime/kernel/random.ts'
import type { SchedulerEvent, SchedulerTimer } from '../../runtime/scheduler/scheduler-events.ts'

/** What a sandbox is doing for the scheduler; it completes at an instant and in a way drawn by chance. */
export interface Act {
  readonly kind: 'start' | 'dispatch' | 'reset' | 'stop' | 'freeze'
  /** A reset is ending it. */
  readonly interrupted?: boolean
  readonly sandboxId: SandboxId
  readonly requestId: RequestId | undefined
}

/** What a timer is called in `UnderWay`. */
export const nameOf = (timer: SchedulerTimer): string =>
  `${timer.kind} ${'sandboxId' in timer ? timer.sandboxId : timer.versionKey}`

interface SetTimer {
  readonly name: string
  readonly event: SchedulerEvent
  readonly atUs: number
}

/** Acts that go on, and timers that are set. */
export class UnderWay {
  readonly #acts: Act[] = []
  readonly #timers = new Map<string, SetTimer>()

  get size(): number {
    return this.#acts.length
  }

  get text(): string {
    return JSON.stringify(this.#acts)
  }

  /** Starts that take a slot. */
  get starting(): number {
    return this.#acts.filter((act) => act.kind === 'start' && !act.interrupted).length
  }

  get timers(): SetTimer[] {
    return [...this.#timers.values()]
  }

  begin(act: Act): void {
    this.#acts.push(act)
  }

  /** Any of them; but what a reset interrupts comes to its end before the reset does. */
  takeSome(random: Random): Act | undefined {
    const picked = this.#acts[Math.floor(random.next() * this.#acts.length)]
    if (picked === undefined) return undefined
    const act = this.#acts.find((other) => isInterruptedBy(picked, other)) ?? picked
    this.#acts.splice(this.#acts.indexOf(act), 1)
    return act
  }

  /**
   * A reset makes what runs in the sandbox end; after a stop the end may be heard of late: those
   * events are given back.
   */
  interrupt(sandboxId: SandboxId, by: 'reset' | 'stop'): SchedulerEvent[] {
    const late: SchedulerEvent[] = []
    for (const act of this.#acts.splice(0)) {
      const { kind, requestId } = act
      if (act.sandboxId !== sandboxId || kind === 'stop') this.#acts.push(act)
      else if (by === 'reset') this.#acts.push({ ...act, interrupted: true })
      else if (kind === 'start') late.push({ type: 'startFailed', sandboxId })
      else if (kind === 'dispatch' && requestId !== undefined) {
        late.push({ type: 'runtimeExited', sandboxId, requestId })
      }
    }
    return late
  }

  /** When it fires; `undefined`: it is not set. */
  timerAtUs(name: string): number | undefined {
    return this.#timers.get(name)?.atUs
  }

  setTimer(name: string, event: SchedulerEvent, atUs: number): void {
    this.#timers.set(name, { name, event, atUs })
  }

  takeTimer(name: string): SchedulerEvent | undefined {
    const timer = this.#timers.get(name)
    this.#timers.delete(name)
    return timer?.event
  }

  /** The one due first, if it is due by then. */
  nextTimer(untilUs: number): SetTimer | undefined {
    let first: SetTimer | undefined
    for (const timer of this.#timers.values()) {
      if (timer.atUs <= untilUs && (first === undefined || timer.atUs < first.atUs)) first = timer
    }
    return first
  }

  shuffledTimers(random: Random): SetTimer[] {
    return this.timers
      .map((timer) => ({ timer, order: random.next() }))
      .sort((a, b) => a.order - b.order)
      .map(({ timer }) => timer)
  }
}

const isInterruptedBy = (reset: Act, other: Act): boolean =>
  reset.kind === 'reset' && other.interrupted === true && other.sandboxId === reset.sandboxId
