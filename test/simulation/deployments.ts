import type { SandboxId } from '../../runtime/kernel/ids.ts'
import type {
  FunctionFacts,
  FunctionKey,
  SchedulerAction,
  SchedulerEvent,
} from '../../runtime/scheduler/scheduler-events.ts'

interface Made {
  readonly facts: FunctionFacts
  /** Deployed again or evicted since: it serves nothing new. */
  isLeaving: boolean
  isStopped: boolean
}

/**
 * Which sandbox was made for which deployment. Checks that none serves an invocation after its
 * function was deployed again or it was to be evicted, that its own timeout holds, and that it is
 * stopped once.
 */
export class Deployments {
  readonly #functions = new Map<FunctionKey, FunctionFacts>()
  readonly #made = new Map<SandboxId, Made>()

  hear(event: SchedulerEvent): void {
    if (event.type === 'functionDeployed') {
      this.#leave(event.facts.key)
      this.#functions.set(event.facts.key, event.facts)
    }
    if (event.type === 'evictRequested') this.#leave(event.functionKey)
  }

  check(action: SchedulerAction, nowUs: number): void {
    switch (action.type) {
      case 'create': {
        const facts = this.#functions.get(action.functionKey)
        if (facts === undefined) throw new Error('a sandbox for no function')
        this.#made.set(action.sandboxId, { facts, isLeaving: false, isStopped: false })
        return
      }
      case 'assign':
        if (this.#of(action.sandboxId).isLeaving)
          throw new Error('old code serves a new invocation')
        return
      case 'stop': {
        const made = this.#of(action.sandboxId)
        if (made.isStopped) throw new Error('stopped twice')
        made.isStopped = true
        return
      }
      case 'setTimer': {
        if (action.timer.kind !== 'deadline') return
        const { timeoutUs } = this.#of(action.timer.sandboxId).facts
        if (action.atUs !== nowUs + timeoutUs) throw new Error('not the timeout of its deployment')
        return
      }
      default:
        if ('sandboxId' in action && this.#of(action.sandboxId).isStopped) {
          throw new Error(`${action.type} of a sandbox that was stopped`)
        }
    }
  }

  /** Invocations at once of functions without a reservation. */
  unreservedPool({ accountLimit }: { readonly accountLimit: number }): number {
    let reserved = 0
    for (const facts of this.#functions.values()) reserved += facts.reservedConcurrency ?? 0
    return Math.max(0, accountLimit - reserved)
  }

  #leave(key: FunctionKey | undefined): void {
    for (const made of this.#made.values()) {
      if (key === undefined || made.facts.key === key) made.isLeaving = true
    }
  }

  #of(sandboxId: SandboxId): Made {
    const made = this.#made.get(sandboxId)
    if (made === undefined) throw new Error('a sandbox that was never made')
    return made
  }
}
