import { isSandlotError, SandlotError } from '../kernel/errors.ts'
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
 * `reset` and `stop`, which interrupt what runs; what is called after a reset waits for it. Freezing
 * the frozen and thawing what runs does nothing. Thaw is told before the act and freeze after it, so
 * that an observer rather believes a sandbox to be active. The first failure of the machine's or
 * ours is its death; it answers every later call.
 */
export class GuardedSandbox implements Sandbox {
  readonly id: Sandbox['id']
  readonly isolation: Sandbox['isolation']
  readonly #inner: Sandbox
  readonly #observer: GuardObserver
  #state: SandboxState = 'starting'
  #turn: Promise<unknown> = Promise.resolve()
  #isInvoked = false
  /** How its runtime ended; `undefined` while one runs. */
  #exit: RuntimeExit | undefined
  #failure: unknown
  /** The reset or stop that interrupts what runs; it never rejects. */
  #ending: Promise<unknown> = Promise.resolve()
  #stopped: Promise<void> | undefined

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
      // First the table, then the act: a start whose turn comes after a stop must start nothing.
      if (this.#stopped !== undefined) {
        throw new SandlotError('SandboxUnavailable', 'it was stopped')
      }
      this.#go(this.#is('starting') ? 'spawned' : 'restart')
      this.#exit = undefined
      const outcome = await this.#inner.start()
      if (this.#is('initializing')) {
        this.#go(outcome.kind === 'ready' ? 'initDone' : 'reset')
      } else if (outcome.kind === 'ready') {
        // It was ready a moment before it was ended; that is over once its exit was told.
        await this.#ending
        return { kind: 'exited', stamps: outcome.stamps, exit: this.#exit ?? ENDED }
      }
      return outcome
    })
  }

  async invoke(request: SandboxInvokeRequest): Promise<InvokeOutcome> {
    invariant(!this.#isInvoked, `two invocations at once in sandbox ${this.id}`)
    this.#isInvoked = true
    try {
      return await this.#inTurn(() => this.#invoke(request))
    } finally {
      this.#isInvoked = false
    }
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
    const done = this.#guarded(() => this.#inner.reset())
    this.#ending = done.catch(() => {})
    this.#turn = Promise.all([this.#turn, this.#ending])
    await done
    if (this.#is('resetting')) this.#observer.onChange('reset')
  }

  stop(): Promise<void> {
    this.#stopped ??= this.#stop()
    return this.#stopped
  }

  peakMemoryBytes(): number | undefined {
    return this.#inner.peakMemoryBytes()
  }

  async #invoke(request: SandboxInvokeRequest): Promise<InvokeOutcome> {
    // Its runtime ended while the invocation waited for a freeze or thaw to be done.
    if (this.#is('resetting') || this.#is('stopping') || this.#is('dead')) {
      return { kind: 'exited', exit: this.#exit ?? ENDED }
    }
    this.#go('dispatched')
    const outcome = await this.#inner.invoke(request)
    if (this.#is('invoking')) {
      this.#go(livesOn(outcome) && this.#exit === undefined ? 'responded' : 'reset')
    }
    return outcome
  }

  /** However it goes, the sandbox is dead then. */
  async #stop(): Promise<void> {
    if (!this.#is('dead')) this.#go('stop')
    const done = this.#inner.stop()
    this.#ending = done.catch(() => {})
    try {
      await done
    } catch (error) {
      this.#failure ??= error
      throw this.#dead()
    } finally {
      if (this.#is('stopping')) this.#go('exited')
      this.#observer.onChange('stopped')
    }
  }

  /** An exit during start, invocation, reset or stop is the outcome of that act. */
  #onExit(exit: RuntimeExit): void {
    this.#exit = exit
    const state = this.#state
    if (state === 'ready' || state === 'freezing' || state === 'frozen' || state === 'thawing') {
      this.#go('exited')
    }
    this.#observer.onExit(exit)
  }

  #inTurn<Result>(act: () => Promise<Result>): Promise<Result> {
    const result = this.#guarded(act, this.#turn)
    this.#turn = result.then(noMatter, noMatter)
    return result
  }

  /** @param turn what has to be over first; it never rejects. */
  async #guarded<Result>(act: () => Promise<Result>, turn?: Promise<unknown>): Promise<Result> {
    if (turn !== undefined) await turn
    if (this.#failure !== undefined) throw this.#dead()
    try {
      return await act()
    } catch (error) {
      this.#failure ??= error
      throw this.#dead()
    }
  }

  #dead(): SandlotError {
    const cause = this.#failure
    if (isSandlotError(cause) && cause.code === 'InvalidTransition') return cause
    const why = cause instanceof Error ? cause.message : String(cause)
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

const noMatter = (): void => {}

/** The exit of a runtime that was ended before it had one of its own. */
const ENDED: RuntimeExit = { code: undefined, signal: 'SIGKILL', expected: true }

const livesOn = (outcome: InvokeOutcome): boolean =>
  outcome.kind === 'response' || (outcome.kind === 'error' && !outcome.fatal)
