import { SandlotError } from '../kernel/errors.ts'
import { invariant } from '../kernel/invariant.ts'
import { type SandboxLifeEvent, type SandboxState, transition } from './lifecycle.ts'
import type {
  InitOutcome,
  InvokeOutcome,
  RuntimeExit,
  Sandbox,
  SandboxFactory,
  SandboxInvokeRequest,
  SandboxObserver,
  SandboxSpec,
} from './sandbox.ts'

/** What an observer of the guard hears besides: thaw is told before the act, freeze after it. */
export interface GuardObserver extends SandboxObserver {
  onChange(change: 'thawed' | 'frozen' | 'reset' | 'stopped'): void
}

/**
 * Wraps every sandbox and keeps it to the life cycle table. Calls come one at a time, but for
 * `reset` and `stop`, which may interrupt what runs. Freezing the frozen and thawing what runs does
 * nothing. Thaw is told before the act and freeze after it, so that an observer rather believes a
 * sandbox to be active. The first failure of the machine's or ours is its death; it answers every
 * later call.
 */
export class GuardedSandbox implements Sandbox {
  readonly id: Sandbox['id']
  readonly isolation: Sandbox['isolation']
  readonly #inner: Sandbox
  readonly #observer: GuardObserver
  #state: SandboxState = 'starting'
  #turn: Promise<unknown> = Promise.resolve()
  #failure: unknown

  constructor(factory: SandboxFactory, spec: SandboxSpec, observer: GuardObserver) {
    this.#observer = observer
    this.#inner = factory.create(spec, {
      onLog: (line) => observer.onLog(line),
      onExit: (exit) => this.#onExit(exit),
    })
    this.id = spec.id
    this.isolation = factory.isolation
  }

  get state(): SandboxState {
    return this.#state
  }

  get pid(): number | undefined {
    return this.#inner.pid
  }

  start(): Promise<InitOutcome> {
    return this.#inTurn(async () => {
      const starting = this.#inner.start()
      this.#go(this.#state === 'starting' ? 'spawned' : 'restart')
      const outcome = await starting
      if (this.#is('initializing')) this.#go(outcome.kind === 'ready' ? 'initDone' : 'reset')
      return outcome
    })
  }

  invoke(request: SandboxInvokeRequest): Promise<InvokeOutcome> {
    invariant(this.#state !== 'invoking', `two invocations at once in sandbox ${this.id}`)
    return this.#inTurn(async () => {
      this.#go('dispatched')
      const outcome = await this.#inner.invoke(request)
      if (this.#is('invoking')) this.#go(livesOn(outcome) ? 'responded' : 'reset')
      return outcome
    })
  }

  freeze(): Promise<void> {
    return this.#inTurn(async () => {
      if (!this.#is('ready')) return
      this.#go('freeze')
      await this.#inner.freeze()
      if (!this.#is('freezing')) return
      this.#go('froze')
      this.#observer.onChange('frozen')
    })
  }

  thaw(): Promise<void> {
    return this.#inTurn(async () => {
      if (!this.#is('frozen')) return
      this.#go('thaw')
      this.#observer.onChange('thawed')
      await this.#inner.thaw()
      if (this.#is('thawing')) this.#go('thawed')
    })
  }

  async reset(): Promise<void> {
    if (this.#is('stopping') || this.#is('dead')) return
    if (!this.#is('resetting')) this.#go('reset')
    await this.#guarded(() => this.#inner.reset())
    this.#observer.onChange('reset')
  }

  async stop(): Promise<void> {
    if (this.#is('stopping')) return
    if (!this.#is('dead')) this.#go('stop')
    await this.#inner.stop()
    if (this.#is('stopping')) this.#go('exited')
    this.#observer.onChange('stopped')
  }

  peakMemoryBytes(): number | undefined {
    return this.#inner.peakMemoryBytes()
  }

  /** An exit during start, invocation, reset or stop is the outcome of that act. */
  #onExit(exit: RuntimeExit): void {
    const state = this.#state
    if (state === 'ready' || state === 'freezing' || state === 'frozen' || state === 'thawing') {
      this.#go('exited')
    }
    this.#observer.onExit(exit)
  }

  #inTurn<Result>(act: () => Promise<Result>): Promise<Result> {
    const result = this.#turn.then(() => this.#guarded(act))
    this.#turn = result.catch(() => {})
    return result
  }

  async #guarded<Result>(act: () => Promise<Result>): Promise<Result> {
    if (this.#failure !== undefined) throw this.#dead()
    try {
      return await act()
    } catch (error) {
      this.#failure ??= error
      throw this.#dead()
    }
  }

  #dead(): SandlotError {
    const why = this.#failure instanceof Error ? this.#failure.message : String(this.#failure)
    const cause = this.#failure
    return new SandlotError('SandboxUnavailable', `Sandbox ${this.id}: ${why}`, { cause })
  }

  /** Not a comparison in place: the state changes while an act is awaited. */
  #is(state: SandboxState): boolean {
    return this.#state === state
  }

  #go(event: SandboxLifeEvent): void {
    this.#state = transition(this.id, this.#state, event)
  }
}

const livesOn = (outcome: InvokeOutcome): boolean =>
  outcome.kind === 'response' || (outcome.kind === 'error' && !outcome.fatal)
