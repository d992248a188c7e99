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
  init(spec: SandboxSpec): { readonly afterUs: number; readonly fails?: boolean }
  run(request: SandboxInvokeRequest): {
    readonly afterUs: number
    readonly ends?: 'response' | 'error' | 'crash'
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

class SimulatedSandbox implements Sandbox {
  readonly id: Sandbox['id']
  readonly isolation = 'simulated'
  readonly pid = undefined
  readonly #spec: SandboxSpec
  readonly #observer: SandboxObserver
  readonly #clock: Clock
  readonly #behaviour: SimulatedBehaviour
  #running = false
  /** The act that goes on, and what it comes to when its runtime is ended meanwhile. */
  #act: { readonly timer: TimerHandle; readonly interrupt: (exit: RuntimeExit) => void } | undefined

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
    const { afterUs, fails = false } = this.#behaviour.init(this.#spec)
    const beginUs = this.#clock.nowUs()
    const spawnedUs = beginUs + spawnUs
    const bootedUs = spawnedUs + bootUs
    const initialisedUs = bootedUs + afterUs
    const stamps = { beginUs, spawnedUs, bootedUs, initialisedUs }
    this.#running = true
    return this.#lasting<InitOutcome>(
      initialisedUs,
      () => {
        if (!fails) return { kind: 'ready', stamps, nodeVersion: 'v0.0.0' }
        this.#exit({ code: 1, signal: undefined, expected: false })
        const payload = bytes({ errorType: 'Error', errorMessage: 'simulated', trace: [] })
        return { kind: 'error', stamps, errorType: 'Error', payload }
      },
      (exit) => ({ kind: 'exited', exit, stamps: { ...stamps, initialisedUs: undefined } }),
    )
  }

  invoke(request: SandboxInvokeRequest): Promise<InvokeOutcome> {
    const { afterUs, ends = 'response' } = this.#behaviour.run(request)
    const receivedUs = this.#clock.nowUs()
    const finishedUs = receivedUs + afterUs
    const stamps = { receivedUs, finishedUs }
    return this.#lasting<InvokeOutcome>(
      finishedUs,
      () => {
        if (ends === 'response') return { kind: 'response', payload: bytes(null), stamps }
        if (ends === 'error') {
          const payload = bytes({ errorType: 'Error', errorMessage: 'simulated', trace: [] })
          return { kind: 'error', payload, errorType: 'Error', stamps, fatal: false }
        }
        const exit = { code: 1, signal: undefined, expected: false }
        this.#exit(exit)
        return { kind: 'exited', exit }
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
    untilUs: number,
    outcome: () => Outcome,
    interrupted: (exit: RuntimeExit) => Outcome,
  ): Promise<Outcome> {
    return new Promise((resolve) => {
      const timer = this.#clock.setTimer(untilUs, () => {
        this.#act = undefined
        resolve(outcome())
      })
      this.#act = { timer, interrupt: (exit) => resolve(interrupted(exit)) }
    })
  }

  #kill(): void {
    if (!this.#running) return
    const exit = { code: undefined, signal: 'SIGKILL', expected: true }
    const act = this.#act
    this.#act = undefined
    act?.timer.cancel()
    this.#exit(exit)
    act?.interrupt(exit)
  }

  #exit(exit: RuntimeExit): void {
    this.#running = false
    this.#observer.onExit(exit)
  }
}
