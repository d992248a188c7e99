import type { SandboxId } from '../../runtime/kernel/ids.ts'
import type {
  EvictionScope,
  SandboxTimer,
  SchedulerAction,
  SchedulerEvent,
  VersionFacts,
  VersionKey,
} from '../../runtime/scheduler/scheduler-events.ts'
import type { SchedulerOptions } from '../../runtime/scheduler/scheduler-options.ts'

interface Made {
  readonly sandboxId: SandboxId
  readonly facts: VersionFacts
  readonly isProvisioned: boolean
  /** Deployed again or evicted since: it serves nothing new. */
  isLeaving: boolean
  isStopped: boolean
}

/**
 * Which sandbox was made for which deployment. Checks that none serves an invocation after its
 * function was deployed again or it was to be evicted, that its own time limits hold, and that it is
 * stopped once, and left alone after that.
 */
export class Deployments {
  readonly #rules: SchedulerOptions
  readonly #versions = new Map<VersionKey, VersionFacts>()
  readonly #made = new Map<SandboxId, Made>()

  constructor(rules: SchedulerOptions) {
    this.#rules = rules
  }

  hear(event: SchedulerEvent): void {
    if (event.type === 'versionDeployed') {
      const { key } = event.facts
      this.#leave(({ facts }) => facts.key === key)
      this.#versions.set(key, event.facts)
    }
    if (event.type === 'evictRequested') this.#leave(isWithin(event.of))
  }

  check(action: SchedulerAction, nowUs: number): void {
    switch (action.type) {
      case 'create': {
        const facts = this.#versions.get(action.versionKey)
        if (facts === undefined) throw new Error('a sandbox for no version')
        const { sandboxId } = action
        const isProvisioned = action.initializationType === 'provisioned-concurrency'
        const made = { sandboxId, facts, isProvisioned, isLeaving: false, isStopped: false }
        this.#made.set(sandboxId, made)
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
        if (!('sandboxId' in action.timer)) return
        const { kind, sandboxId } = action.timer
        const made = this.#of(sandboxId)
        if (made.isStopped) throw new Error(`${kind} timer of a sandbox that was stopped`)
        const limitUs = this.#limitUs(kind, made)
        if (limitUs !== undefined && action.atUs !== nowUs + limitUs) {
          throw new Error(`not the ${kind} limit of its deployment`)
        }
        return
      }
      default:
        if ('sandboxId' in action && this.#of(action.sandboxId).isStopped) {
          throw new Error(`${action.type} of a sandbox that was stopped`)
        }
    }
  }

  versionOf(sandboxId: SandboxId): VersionKey {
    return this.#of(sandboxId).facts.key
  }

  #limitUs(kind: SandboxTimer['kind'], { facts, isProvisioned }: Made): number | undefined {
    if (kind === 'deadline') return facts.timeoutUs
    if (kind !== 'init') return undefined
    const { initTimeoutUs, provisionedInitTimeoutUs } = this.#rules
    return isProvisioned ? Math.max(provisionedInitTimeoutUs, facts.timeoutUs) : initTimeoutUs
  }

  #leave(matches: (made: Made) => boolean): void {
    for (const made of this.#made.values()) if (matches(made)) made.isLeaving = true
  }

  #of(sandboxId: SandboxId): Made {
    const made = this.#made.get(sandboxId)
    if (made === undefined) throw new Error('a sandbox that was never made')
    return made
  }
}

const isWithin =
  ({ functionKey, sandboxId }: EvictionScope) =>
  (made: Made): boolean =>
    (functionKey === undefined || made.facts.functionKey === functionKey) &&
    (sandboxId === undefined || made.sandboxId === sandboxId)
