import type { SandboxId } from '../../kernel/ids.ts'
import type { PlatformEvent } from '../platform-events.ts'
import type { MetricSample } from './metric-sample.ts'

/** How many sandboxes there are, busy or idle, from their creation until they have stopped. */
export class SandboxMetrics {
  readonly #onSample: (sample: MetricSample) => void
  readonly #living = new Map<string, Set<SandboxId>>()
  #all = 0

  constructor(onSample: (sample: MetricSample) => void) {
    this.#onSample = onSample
  }

  onEvent(event: PlatformEvent): void {
    if (event.type !== 'sandbox.created' && event.type !== 'sandbox.stopped') return
    const { functionName, sandboxId, atMs } = event
    const living = this.#living.get(functionName) ?? new Set()
    this.#living.set(functionName, living)
    this.#all -= living.size
    if (event.type === 'sandbox.created') living.add(sandboxId)
    else living.delete(sandboxId)
    this.#all += living.size
    const of = { name: 'Sandboxes', atMs, resource: undefined } as const
    this.#onSample({ ...of, value: living.size, functionName })
    this.#onSample({ ...of, value: this.#all, functionName: undefined })
  }
}
