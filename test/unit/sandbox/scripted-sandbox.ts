import type { RequestId, SandboxId } from '../../../runtime/kernel/ids.ts'
import { GuardedSandbox, type GuardObserver } from '../../../runtime/sandbox/guarded-sandbox.ts'
import type {
  InitOutcome,
  InvokeOutcome,
  RuntimeExit,
  Sandbox,
  SandboxInvokeRequest,
  SandboxObserver,
  SandboxSpec,
} from '../../../runtime/sandbox/sandbox.ts'

const SPEC = { id: 'a1' as SandboxId } as SandboxSpec

type Call = 'start' | 'invoke' | 'freeze' | 'thaw' | 'reset' | 'stop'
const CALLS: readonly Call[] = ['start', 'invoke', 'freeze', 'thaw', 'reset', 'stop']

interface Pending {
  readonly resolve: (value: never) => void
  readonly reject: (error: unknown) => void
}

/**
 * A sandbox that does nothing by itself: the test says when each act ends, and how. Everything that
 * the guard calls and that its observer hears is one story, in order.
 */
export class ScriptedSandbox {
  readonly story: string[] = []
  readonly guard: GuardedSandbox
  readonly #pending = new Map<Call, Pending>()
  #observer: SandboxObserver | undefined

  /** @param observer who else hears of it. */
  constructor(spec = SPEC, observer?: GuardObserver) {
    const create = (spec: SandboxSpec, observer: SandboxObserver): Sandbox => {
      this.#observer = observer
      const acts = CALLS.map((call) => [call, () => this.#act(call)])
      const facts = { id: spec.id, isolation: 'simulated', pid: 7, peakMemoryBytes: () => 99 }
      return { ...facts, ...Object.fromEntries(acts) } as Sandbox
    }
    const factory = { isolation: 'simulated', create, close: async () => {} } as const
    this.guard = new GuardedSandbox(factory, spec, {
      onLog: (line) => {
        this.story.push(`heard ${line.text}`)
        observer?.onLog(line)
      },
      onExit: (exit) => {
        this.story.push('heard exit')
        observer?.onExit(exit)
      },
      onChange: (change) => {
        this.story.push(`told ${change} while ${this.guard.state}`)
        observer?.onChange(change)
      },
    })
  }

  /** Ends the act that runs; resolves once all that follows from it has been done. */
  async ends(call: Call, outcome?: InitOutcome | InvokeOutcome): Promise<void> {
    this.#take(call).resolve(outcome as never)
    await settled()
  }

  async fails(call: Call, why: string): Promise<void> {
    this.#take(call).reject(new Error(why))
    await settled()
  }

  async exits(exit: RuntimeExit = CRASHED): Promise<void> {
    this.#observer?.onExit(exit)
    await settled()
  }

  prints(text: string): void {
    this.#observer?.onLog({ requestId: undefined, atMs: 0, text })
  }

  /** Whether the guard has called it and it has not ended. */
  runs(call: Call): boolean {
    return this.#pending.has(call)
  }

  async started(): Promise<this> {
    const start = this.guard.start()
    await settled()
    await this.ends('start', READY)
    await start
    this.story.length = 0
    return this
  }

  async frozen(): Promise<this> {
    await this.started()
    const freeze = this.guard.freeze()
    await settled()
    await this.ends('freeze')
    await freeze
    this.story.length = 0
    return this
  }

  #act(call: Call): Promise<never> {
    this.story.push(`${call} while ${this.guard.state}`)
    return new Promise((resolve, reject) => this.#pending.set(call, { resolve, reject }))
  }

  #take(call: Call): Pending {
    const pending = this.#pending.get(call)
    if (pending === undefined) throw new Error(`${call} does not run`)
    this.#pending.delete(call)
    return pending
  }
}

/** Everything that waits only for promises has been done then. */
export const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

const stamps = { beginUs: 1, spawnedUs: 2, bootedUs: 3, initialisedUs: 4 }
export const CRASHED: RuntimeExit = { code: 1, signal: undefined, expected: false }
export const READY: InitOutcome = { kind: 'ready', stamps, nodeVersion: 'v1.0.0' }
const payload = new Uint8Array()
export const INIT_ERROR: InitOutcome = { kind: 'error', stamps, errorType: 'Error', payload }

const runStamps = { receivedUs: 5, finishedUs: 6 }
export const RESPONSE: InvokeOutcome = {
  kind: 'response',
  payload,
  stamps: runStamps,
  served: 1,
}
export const failure = ({ fatal }: { fatal: boolean }): InvokeOutcome => ({
  kind: 'error',
  payload,
  errorType: 'Error',
  stamps: runStamps,
  served: 1,
  fatal,
})

export const REQUEST: SandboxInvokeRequest = {
  requestId: '11111111-1111-4111-8111-111111111111' as RequestId,
  event: payload,
  deadlineUs: 1_000,
  invokedFunctionArn: 'arn',
  traceId: undefined,
  clientContext: undefined,
}
