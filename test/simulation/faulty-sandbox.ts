import type { Clock, TimerHandle } from '../../runtime/kernel/clock.ts'
import type { Random } from '../../runtime/kernel/random.ts'
import type {
  InitOutcome,
  InvokeOutcome,
  RuntimeExit,
  Sandbox,
  SandboxFactory,
  SandboxObserver,
  SandboxSpec,
} from '../../runtime/sandbox/sandbox.ts'

/** How often something goes wrong, from 0 (never) to 1. */
export interface Faults {
  /** Init or handler fails, crashes, hangs; a runtime ends between two invocations. */
  readonly ofFunction: number
  /** The machine refuses an act: a start, a freeze, a reset, a stop. */
  readonly ofMachine: number
}

const KILLED: RuntimeExit = { code: undefined, signal: 'SIGKILL', expected: true }
const CRASHED: RuntimeExit = { code: 1, signal: undefined, expected: false }
const payload = new TextEncoder().encode('{"errorType":"Error","errorMessage":"","trace":[]}')

/** Runtimes that were started and are not gone yet, over all sandboxes. */
export interface Population {
  runtimes: number
}

/**
 * A sandbox that keeps what the port promises and goes wrong in every way that it allows, by chance,
 * on a virtual clock: acts take long, fail, end with the runtime, or come to their end while the
 * runtime is being ended.
 */
export function faultySandboxes(
  clock: Clock,
  random: Random,
  faults: Faults,
  population: Population,
): SandboxFactory {
  return {
    isolation: 'simulated',
    create: (spec, observer) =>
      new FaultySandbox(spec, observer, { clock, random, faults, population }),
    close: async () => {},
  }
}

interface World {
  readonly clock: Clock
  readonly random: Random
  readonly faults: Faults
  readonly population: Population
}

/** An act that lasts: what it comes to when the runtime ends meanwhile. */
interface Act {
  readonly timer: TimerHandle | undefined
  readonly interrupt: (exit: RuntimeExit) => void
}

class FaultySandbox implements Sandbox {
  readonly id: Sandbox['id']
  readonly isolation = 'simulated'
  readonly pid = undefined
  readonly #observer: SandboxObserver
  readonly #world: World
  #isRunning = false
  #act: Act | undefined
  #ownEnd: TimerHandle | undefined

  constructor(spec: SandboxSpec, observer: SandboxObserver, world: World) {
    this.id = spec.id
    this.#observer = observer
    this.#world = world
  }

  async start(): Promise<InitOutcome> {
    await this.#mayFail('no process')
    const beginUs = this.#world.clock.nowUs()
    const begun = { beginUs, spawnedUs: beginUs, bootedUs: beginUs, initialisedUs: undefined }
    this.#isRunning = true
    this.#world.population.runtimes += 1
    const exited = (exit: RuntimeExit): InitOutcome => ({ kind: 'exited', exit, stamps: begun })
    return this.#lasting<InitOutcome>(2_000, exited, () => {
      const stamps = { ...begun, initialisedUs: this.#world.clock.nowUs() }
      if (!this.#goesWrong('ofFunction')) {
        if (this.#goesWrong('ofFunction')) this.#endLater()
        return { kind: 'ready', stamps, nodeVersion: 'v0.0.0' }
      }
      this.#end(CRASHED)
      if (this.#chance() < 0.5) return exited(CRASHED)
      return { kind: 'error', stamps, errorType: 'Error', payload }
    })
  }

  async invoke(): Promise<InvokeOutcome> {
    const receivedUs = this.#world.clock.nowUs()
    const exited = (exit: RuntimeExit): InvokeOutcome => ({ kind: 'exited', exit })
    if (!this.#isRunning) return exited(CRASHED)
    return this.#lasting<InvokeOutcome>(3_000, exited, () => {
      const stamps = { receivedUs, finishedUs: this.#world.clock.nowUs() }
      const isWrong = this.#goesWrong('ofFunction')
      const how = this.#chance()
      if (!isWrong || how < 0.2) {
        // It may answer with its last breath.
        if (isWrong) this.#end(CRASHED)
        return { kind: 'response', payload, stamps, served: 1 }
      }
      const fatal = how < 0.6
      if (fatal) this.#end(CRASHED)
      if (how < 0.4) return exited(CRASHED)
      return { kind: 'error', payload, errorType: 'Error', stamps, served: 1, fatal }
    })
  }

  freeze(): Promise<void> {
    return this.#takesTime(300, 'no signal')
  }

  thaw(): Promise<void> {
    return this.#takesTime(20, 'no signal')
  }

  async reset(): Promise<void> {
    if (this.#chance() < 0.5) await this.#takesTime(500)
    this.#end(KILLED)
    await this.#takesTime(500, 'not ended')
  }

  async stop(): Promise<void> {
    if (this.#chance() < 0.5) await this.#takesTime(500)
    this.#end(KILLED)
    await this.#takesTime(500, 'directory in use')
  }

  peakMemoryBytes(): undefined {
    return undefined
  }

  #lasting<Outcome>(
    atMostUs: number,
    interrupted: (exit: RuntimeExit) => Outcome,
    outcome: () => Outcome,
  ): Promise<Outcome> {
    const hangs = this.#goesWrong('ofFunction') && this.#chance() < 0.3
    return new Promise((resolve) => {
      const timer = hangs
        ? undefined
        : this.#after(this.#chance() * atMostUs, () => {
            this.#act = undefined
            resolve(outcome())
          })
      this.#act = { timer, interrupt: (exit) => resolve(interrupted(exit)) }
    })
  }

  /** The runtime ends by itself some time after its start, whatever it does then. */
  #endLater(): void {
    this.#ownEnd = this.#after(this.#chance() * 8_000, () => this.#end(CRASHED))
  }

  #end(exit: RuntimeExit): void {
    if (!this.#isRunning) return
    this.#isRunning = false
    this.#world.population.runtimes -= 1
    this.#ownEnd?.cancel()
    const act = this.#act
    this.#act = undefined
    act?.timer?.cancel()
    this.#observer.onExit(exit)
    act?.interrupt(exit)
  }

  async #takesTime(atMostUs: number, failure?: string): Promise<void> {
    await new Promise<void>((resolve) => this.#after(this.#chance() * atMostUs, resolve))
    if (failure !== undefined) await this.#mayFail(failure)
  }

  async #mayFail(why: string): Promise<void> {
    if (this.#goesWrong('ofMachine')) throw new Error(why)
  }

  #after(us: number, act: () => void): TimerHandle {
    const { clock } = this.#world
    return clock.setTimer(clock.nowUs() + Math.floor(us), act)
  }

  #goesWrong(fault: keyof Faults): boolean {
    return this.#chance() < this.#world.faults[fault]
  }

  #chance(): number {
    return this.#world.random.next()
  }
}
