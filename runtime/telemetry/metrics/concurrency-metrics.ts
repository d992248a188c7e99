import type { RequestId } from '../../kernel/ids.ts'
import type {
  InvocationAssignedEvent,
  InvocationEndedEvent,
  PlatformEvent,
} from '../platform-events.ts'
import type { MetricName } from './metric-catalogue.ts'
import { type MetricSample, resourceOf } from './metric-sample.ts'

interface VersionState {
  provisioned: number
  provisionedBusy: number
}

interface FunctionState {
  reserved: number | undefined
  busy: number
  readonly versions: Map<string, VersionState>
  /** What of it is in the sums of the region. */
  unreserved: number
  claimed: number
}

/**
 * Concurrency as it is at each moment: of each function and of the region, and of provisioned
 * versions (with the version as `Resource`, since it is what is provisioned).
 *
 * `ClaimedAccountConcurrency`: a reservation is claimed whole, and the provisioned concurrency of the
 * function within it; without a reservation, what is provisioned and what is busy besides.
 */
export class ConcurrencyMetrics {
  readonly #onSample: (sample: MetricSample) => void
  readonly #functions = new Map<string, FunctionState>()
  readonly #busy = new Set<RequestId>()
  #unreserved = 0
  #claimed = 0
  #provisionedBusy = 0

  constructor(onSample: (sample: MetricSample) => void) {
    this.#onSample = onSample
  }

  onEvent(event: PlatformEvent): void {
    switch (event.type) {
      case 'invocation.assigned':
        if (this.#busy.has(event.requestId)) return
        this.#busy.add(event.requestId)
        return this.#changeBusy(event, 1)
      case 'invocation.ended':
        if (!this.#busy.delete(event.requestId)) return
        return this.#changeBusy(event, -1)
      case 'concurrency.reserved':
        this.#function(event.functionName).reserved = event.reserved
        return this.#tellRegion(event.functionName, event.atMs)
      case 'concurrency.provisioned': {
        const { functionName, version, atMs, requested, allocated } = event
        this.#version(functionName, version).provisioned = requested === 0 ? 0 : allocated
        this.#tellProvisioned(functionName, version, atMs)
        return this.#tellRegion(functionName, atMs)
      }
      default:
    }
  }

  #changeBusy(event: InvocationAssignedEvent | InvocationEndedEvent, by: 1 | -1): void {
    const { functionName, version, concurrency, atMs } = event
    const state = this.#function(functionName)
    state.busy += by
    this.#tell('ConcurrentExecutions', atMs, state.busy, functionName)
    this.#tell('ConcurrentExecutions', atMs, this.#busy.size)
    if (concurrency === 'provisioned') {
      this.#version(functionName, version).provisionedBusy += by
      this.#provisionedBusy += by
      this.#tellProvisioned(functionName, version, atMs)
    }
    this.#tellRegion(functionName, atMs)
  }

  #tellProvisioned(functionName: string, version: string, atMs: number): void {
    const { provisioned, provisionedBusy } = this.#version(functionName, version)
    const all = sumOf(this.#function(functionName))
    const resource = resourceOf(functionName, version)
    const busyName = 'ProvisionedConcurrentExecutions'
    this.#tell(busyName, atMs, provisionedBusy, functionName, resource)
    this.#tell(busyName, atMs, all.provisionedBusy, functionName)
    this.#tell(busyName, atMs, this.#provisionedBusy)
    const shareName = 'ProvisionedConcurrencyUtilization'
    this.#tell(shareName, atMs, share(provisionedBusy, provisioned), functionName, resource)
    this.#tell(shareName, atMs, share(all.provisionedBusy, all.provisioned), functionName)
  }

  #tellRegion(functionName: string, atMs: number): void {
    const state = this.#function(functionName)
    const { provisioned, provisionedBusy } = sumOf(state)
    const unreserved = state.reserved === undefined ? state.busy : 0
    const claimed = state.reserved ?? provisioned + state.busy - provisionedBusy
    this.#unreserved += unreserved - state.unreserved
    this.#claimed += claimed - state.claimed
    state.unreserved = unreserved
    state.claimed = claimed
    this.#tell('UnreservedConcurrentExecutions', atMs, this.#unreserved)
    this.#tell('ClaimedAccountConcurrency', atMs, this.#claimed)
  }

  #tell(name: MetricName, atMs: number, value: number, of?: string, resource?: string): void {
    this.#onSample({ name, atMs, value, functionName: of, resource })
  }

  #function(name: string): FunctionState {
    const known = this.#functions.get(name)
    if (known !== undefined) return known
    const state = { reserved: undefined, busy: 0, versions: new Map(), unreserved: 0, claimed: 0 }
    this.#functions.set(name, state)
    return state
  }

  #version(functionName: string, version: string): VersionState {
    const { versions } = this.#function(functionName)
    const known = versions.get(version)
    if (known !== undefined) return known
    const state = { provisioned: 0, provisionedBusy: 0 }
    versions.set(version, state)
    return state
  }
}

function sumOf({ versions }: FunctionState): VersionState {
  const sum = { provisioned: 0, provisionedBusy: 0 }
  for (const each of versions.values()) {
    sum.provisioned += each.provisioned
    sum.provisionedBusy += each.provisionedBusy
  }
  return sum
}

/** One that is taken away while it is busy leaves more busy than there are. */
const share = (busy: number, all: number): number => (all === 0 ? 0 : Math.min(1, busy / all))
