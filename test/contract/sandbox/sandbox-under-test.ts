import { expect } from 'vitest'
import type { FunctionVersion } from '../../../runtime/functions/function-version.ts'
import { systemClock } from '../../../runtime/host/system-clock.ts'
import { systemRandom } from '../../../runtime/host/system-random.ts'
import { newRequestId, newSandboxId, type RequestId } from '../../../runtime/kernel/ids.ts'
import { GuardedSandbox } from '../../../runtime/sandbox/guarded-sandbox.ts'
import { resourceLimits } from '../../../runtime/sandbox/resource-limits.ts'
import type {
  InitOutcome,
  InvokeOutcome,
  RuntimeExit,
  SandboxFactory,
  SandboxLog,
} from '../../../runtime/sandbox/sandbox.ts'

export interface Answer {
  readonly requestId: RequestId
  readonly outcome: InvokeOutcome
}

/**
 * A guarded sandbox that remembers what was heard of it, and notes when something was heard that the
 * port rules out: a second exit, a log line of a runtime that is gone, an end without an exit.
 */
export class SandboxUnderTest {
  readonly id = newSandboxId(systemRandom)
  readonly guard: GuardedSandbox
  readonly logs: SandboxLog[] = []
  readonly exits: RuntimeExit[] = []
  readonly changes: string[] = []
  readonly #arn: string
  readonly #problems: string[] = []
  #hasRuntime = false
  #starts = 0

  constructor(factory: SandboxFactory, version: FunctionVersion) {
    this.#arn = version.arn
    const limits = resourceLimits(version.config)
    const logStreamName = `2026/01/02/[$LATEST]${this.id}`
    this.guard = new GuardedSandbox(
      factory,
      { id: this.id, version, limits, logStreamName, initializationType: 'on-demand' },
      {
        onLog: (line) => {
          if (!this.#hasRuntime) this.#problems.push(`a line after the end: ${line.text}`)
          this.logs.push(line)
        },
        onExit: (exit) => {
          if (!this.#hasRuntime) this.#problems.push('an exit without a runtime')
          this.#hasRuntime = false
          this.exits.push(exit)
        },
        onChange: (change) => this.changes.push(change),
      },
    )
  }

  /** How often a handler has said that it is under way. */
  get timesUnderWay(): number {
    return this.#printed('under way')
  }

  get ticks(): number {
    return this.#printed('tick')
  }

  async start(): Promise<InitOutcome> {
    this.#hasRuntime = true
    const outcome = await this.guard.start()
    this.#starts += 1
    if (outcome.kind === 'exited') this.#mustHaveExited('start')
    return outcome
  }

  /** Starts what must start. */
  async ready(): Promise<this> {
    const outcome = await this.start()
    if (outcome.kind === 'error') throw new Error(new TextDecoder().decode(outcome.payload))
    expect(outcome.kind).toBe('ready')
    return this
  }

  async invoke(event: unknown = {}): Promise<Answer> {
    const requestId = newRequestId(systemRandom)
    const outcome = await this.guard.invoke({
      requestId,
      event: new TextEncoder().encode(JSON.stringify(event)),
      deadlineUs: systemClock.nowUs() + 60_000_000,
      invokedFunctionArn: this.#arn,
      traceId: undefined,
      clientContext: undefined,
    })
    if (outcome.kind === 'exited') this.#mustHaveExited('invoke')
    return { requestId, outcome }
  }

  /** Invokes what must answer; returns the answer. */
  async ask(event: unknown = {}): Promise<unknown> {
    const { outcome } = await this.invoke(event)
    if (outcome.kind === 'error') throw new Error(new TextDecoder().decode(outcome.payload))
    expect(outcome.kind).toBe('response')
    return outcome.kind === 'response' ? jsonOf(outcome.payload) : undefined
  }

  async reset(): Promise<void> {
    await this.guard.reset()
    this.#mustHaveExited('reset')
  }

  async stop(): Promise<void> {
    await this.guard.stop()
    this.#mustHaveExited('stop')
  }

  /** Stops it and checks what must be true of every sandbox, whatever was done with it. */
  async end(): Promise<void> {
    await this.stop()
    // Whoever still had something to say would say it now.
    for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setImmediate(resolve))
    expect(this.#problems).toEqual([])
    expect(this.exits).toHaveLength(this.#starts)
    for (const { code, signal } of this.exits) {
      expect([code, signal].filter((how) => how !== undefined)).toHaveLength(1)
    }
    expect(this.guard.state).toBe('dead')
    expect(this.guard.pid).toBeUndefined()
  }

  #printed(what: string): number {
    return this.logs.filter(({ text }) => text.endsWith(what)).length
  }

  #mustHaveExited(act: string): void {
    if (this.#hasRuntime) this.#problems.push(`${act} has settled before the exit was told`)
  }
}

export const jsonOf = (payload: Uint8Array): unknown =>
  JSON.parse(new TextDecoder().decode(payload))
