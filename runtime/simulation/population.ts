import type { RequestId, SandboxId } from '../kernel/ids.ts'
import { invariant } from '../kernel/invariant.ts'
import type { VersionKey } from '../scheduler/scheduler-events.ts'
import {
  newInvocation,
  newSandbox,
  type WorldFunction,
  type WorldInvocation,
  type WorldSandbox,
} from './world-records.ts'

/** All functions, sandboxes and invocations that there are, by the names that the scheduler has for them. */
export class Population {
  readonly #functions: readonly WorldFunction[]
  readonly #byVersion = new Map<VersionKey, WorldFunction>()
  readonly #byId = new Map<SandboxId, WorldSandbox>()
  readonly #sandboxes: (WorldSandbox | undefined)[] = []
  readonly #freeIndices: number[] = []
  readonly #freeInvocations: WorldInvocation[] = []
  #invocations = 0
  /** Most actions are about the same sandbox as the one before. */
  #last: WorldSandbox | undefined

  constructor(functions: readonly WorldFunction[]) {
    this.#functions = functions
    for (const fn of functions) this.#byVersion.set(fn.versionKey, fn)
    invariant(this.#byVersion.size === functions.length, 'two simulated functions of one name')
  }

  /** Those that were created and not stopped. */
  sandboxes(): Iterable<WorldSandbox> {
    return this.#byId.values()
  }

  sandbox(id: SandboxId): WorldSandbox {
    const last = this.#last
    if (last !== undefined && last.id === id) return last
    const sandbox = this.#byId.get(id)
    if (sandbox === undefined) invariant(false, `sandbox ${id} is not there`)
    this.#last = sandbox
    return sandbox
  }

  /** The same, of one that is probably the one that served the function last. */
  sandboxOf(fn: WorldFunction, id: SandboxId): WorldSandbox {
    const { lastSandbox } = fn
    const sandbox = lastSandbox?.id === id ? lastSandbox : this.sandbox(id)
    fn.lastSandbox = sandbox
    this.#last = sandbox
    return sandbox
  }

  /** `undefined`: none has this index any more. */
  sandboxAt(index: number): WorldSandbox | undefined {
    this.#last = this.#sandboxes[index]
    return this.#last
  }

  addSandbox(
    id: SandboxId,
    versionKey: VersionKey,
    isProvisioned: boolean,
    nowUs: number,
  ): WorldSandbox {
    const index = this.#freeIndices.pop() ?? this.#sandboxes.length
    const sandbox = newSandbox({ index, id, fn: this.function(versionKey), isProvisioned }, nowUs)
    this.#sandboxes[index] = sandbox
    this.#byId.set(id, sandbox)
    return sandbox
  }

  removeSandbox({ id, index, fn }: WorldSandbox): void {
    this.#last = undefined
    fn.lastSandbox = undefined
    this.#byId.delete(id)
    this.#sandboxes[index] = undefined
    this.#freeIndices.push(index)
  }

  function(versionKey: VersionKey): WorldFunction {
    const fn = this.#byVersion.get(versionKey)
    if (fn === undefined) invariant(false, `version '${versionKey}' is not there`)
    return fn
  }

  functionAt(index: number): WorldFunction {
    const fn = this.#functions[index]
    if (fn === undefined) invariant(false, `there is no function ${index}`)
    return fn
  }

  /** A record that was given back, or a new one; its fields are another's. */
  takeInvocation(fn: WorldFunction): WorldInvocation {
    const given = this.#freeInvocations.pop()
    if (given !== undefined) return given
    this.#invocations += 1
    return newInvocation(`request-${this.#invocations}` as RequestId, fn)
  }

  giveBack(invocation: WorldInvocation): void {
    this.#freeInvocations.push(invocation)
  }
}
