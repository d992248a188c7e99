import { expect } from 'vitest'
import type { FunctionVersion } from '../../../runtime/functions/function-version.ts'
import type { SandboxFactory } from '../../../runtime/sandbox/sandbox.ts'
import { SandboxUnderTest } from './sandbox-under-test.ts'

/** What one kind of sandbox brings along. */
export interface ContractHost {
  readonly factory: SandboxFactory
  /** @param handler such as `answers.echo`, in `test/fixtures/handlers/contract`. */
  version(handler: string, environment: Readonly<Record<string, string>>): Promise<FunctionVersion>
  close(): Promise<void>
}

/** A ceiling, not an expectation: machines may be busy. */
const PATIENCE = { timeout: 30_000, interval: 5 }

/** Where one case is tried out: makes sandboxes and leaves nothing behind. */
export class ContractLab {
  readonly #host: ContractHost
  readonly #runsCode: boolean
  readonly #made: SandboxUnderTest[] = []

  constructor(host: ContractHost, runsCode: boolean) {
    this.#host = host
    this.#runsCode = runsCode
  }

  /** A new sandbox, not started. */
  async make(handler: string): Promise<SandboxUnderTest> {
    const version = await this.#host.version(handler, { CONTRACT_VARIABLE: 'set' })
    const made = new SandboxUnderTest(this.#host.factory, version)
    this.#made.push(made)
    return made
  }

  async started(handler: string): Promise<SandboxUnderTest> {
    return (await this.make(handler)).ready()
  }

  /** Until the act that was just called says so; where no code runs, until it has begun. */
  async whenUnderWay(sandbox: SandboxUnderTest): Promise<void> {
    const before = sandbox.timesUnderWay
    await new Promise((resolve) => setImmediate(resolve))
    if (this.#runsCode) await this.eventually(() => sandbox.timesUnderWay > before)
  }

  async whenTicked(sandbox: SandboxUnderTest, more: number): Promise<void> {
    const before = sandbox.ticks
    await this.eventually(() => sandbox.ticks >= before + more)
  }

  async eventually(what: () => boolean): Promise<void> {
    await expect.poll(what, PATIENCE).toBe(true)
  }

  async close(): Promise<void> {
    await Promise.all(this.#made.map((sandbox) => sandbox.end()))
  }
}

/** One guarantee of the port; `code`: only running code can show it. */
export type ContractCase = readonly [
  name: string,
  run: (lab: ContractLab) => Promise<void>,
  needs?: 'code',
]
