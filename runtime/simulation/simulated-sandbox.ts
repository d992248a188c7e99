import type { Clock, TimerHandle } from '../kernel/clock.ts'
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

/** How a simulated runtime behaves: how long each step takes and how it ends. Microseconds. */
export interface SimulatedBehaviour {
  readonly spawnUs: number
  readonly bootUs: number
  init(spec: SandboxSpec): {
    readonly afterUs: number
    readonly ends?: 'ready' | 'error' | 'crash' | 'never'
  }
  run(request: SandboxInvokeRequest): {
    readonly afterUs: number
    /** `fatal`: an error after which the runtime ends. */
    readonly ends?: 'response' | 'error' | 'fatal' | 'crash' | 'never'
  }
}

/** Makes sandboxes that only pass time, on any clock: the same decisions, without processes. */
export function createSimulatedSandboxFactory(
  clock: Clock,
  behaviour: SimulatedBehaviour,
): SandboxFactory {
  return {
    isolation: 'simulated',
    create: (spec, observer) => new SimulatedSandbox(spec, observer, clock, behaviour),
    close: () => Promise.resolve(),
  }
}

const bytes = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value))

const failure = () => ({
  errorType: 'Error',
  payload: bytes({ errorType: 'Error', errorMessage: 'simulated', trace: [] }),
})

const CRASH: RuntimeExit = { code: 1, signal: undefined, expected: false }

class SimulatedSandbox implements Sandbox {
  readonly id: Sandbox['id']
  readonly isolation = 'simulated'
  readonly pid = undefined
  readonly #spec: SandboxSpec
  readonly #observer: SandboxObserver
  readonly #clock: Clock
  readonly #behaviour: SimulatedBehaviour
  #running = false
  /** Invocations handed to the runtime that runs. */
  #served = 0
  /** The act that goes on, and what it comes to when its runtime is ended meanwhile. */
  #act:
    | { readonly timer?: TimerHandle | undefined; readonly interrupt: (exit: RuntimeExit) => void }
    | undefined

  constructor(
    spec: SandboxSpec,
    observer: SandboxObserver,
    clock: Clock,
    behaviour: SimulatedBehaviour,
  ) {
    this.id = spec.id
    this.#spec = spec
    this.#observer = observer
    this.#clock = clock
    this.#behaviour = behaviour
  }

  start(): Promise<InitOutcome> {
    const { spawnUs, bootUs } = this.#behaviour
    const { afterUs, ends = 'ready' } = this.#behaviour.init(this.#spec)
    const beginUs = this.#clock.nowUs()
    const spawnedUs = beginUs + spawnUs
    const bootedUs = spawnedUs + bootUs
    const initialisedUs = bootedUs + afterUs
    const stamps = { beginUs, spawnedUs, bootedUs, initialisedUs }
    const exited = (exit: RuntimeExit): InitOutcome => {
      return { kind: 'exited', exit, stamps: { ...stamps, initialisedUs: undefined } }
    }
    this.#running = true
    this.#served = 0
    return this.#lasting<InitOutcome>(
      ends === 'never' ? undefined : initialisedUs,
      () => {
        if (ends === 'ready') return { kind: 'ready', stamps, nodeVersion: 'v0.0.0' }
        this.#exit(CRASH)
        return ends === 'error' ? { kind: 'error', stamps, ...failure() } : exited(CRASH)
      },
      exited,
    )
  }

  invoke(request: SandboxInvokeRequest): Promise<InvokeOutcome> {
    const { afterUs, ends = 'response' } = this.#behaviour.run(request)
    const receivedUs = this.#clock.nowUs()
    const finishedUs = receivedUs + afterUs
    const stamps = { receivedUs, finishedUs }
    this.#served += 1
    const served = this.#served
    return this.#lasting<InvokeOutcome>(
      ends === 'never' ? undefined : finishedUs,
      () => {
        if (ends === 'response') return { kind: 'response', payload: bytes(null), stamps, served }
        if (ends === 'error') return { kind: 'error', ...failure(), stamps, served, fatal: false }
        this.#exit(CRASH)
        if (ends === 'fatal') return { kind: 'error', ...failure(), stamps, served, fatal: true }
        return { kind: 'exited', exit: CRASH }
      },
      (exit) => ({ kind: 'exited', exit }),
    )
  }

  freeze(): Promise<void> {
    return Promise.resolve()
  }

  thaw(): Promise<void> {
    return Promise.resolve()
  }

  reset(): Promise<void> {
    this.#kill()
    return Promise.resolve()
  }

  stop(): Promise<void> {
    this.#kill()
    return Promise.resolve()
  }

  peakMemoryBytes(): undefined {
    return undefined
  }

  #lasting<Outcome>(
    untilUs: number | undefined,
    outcome: () => Outcome,
    interrupted: (exit: RuntimeExit) => Outcome,
  ): Promise<Outcome> {
    return new Promise((resolve) => {
      const end = (): void => {
        this.#act = undefined
        resolve(outcome())
      }
      const timer = untilUs === undefined ? undefined : this.#clock.setTimer(untilUs, end)
      this.#act = { timer, interrupt: (exit) => resolve(interrupted(exit)) }
    })
  }

  #kill(): void {
    if (!this.#running) return
    const exit = { code: undefined, signal: 'SIGKILL', expected: true }
    const act = this.#act
    this.#act = undefined
    act?.timer?.cancel()
    this.#exit(exit)
    act?.interrupt(exit)
  }

  #exit(exit: RuntimeExit): void {
    this.#running = false
    this.#observer.onExit(exit)
  }
}
