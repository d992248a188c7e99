import type { PlatformEvent } from './platform-events.ts'

export type PlatformEventListener = (event: PlatformEvent) => void

/**
 * Hands each event to every listener, in order, before `emit` returns. A listener that throws
 * disturbs neither the others nor whoever emits: its error surfaces as one that nobody caught.
 */
export class EventBus {
  readonly #listeners = new Set<PlatformEventListener>()

  /** Returns the way to stop hearing. */
  on(listener: PlatformEventListener): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  emit(event: PlatformEvent): void {
    for (const listener of this.#listeners) {
      try {
        listener(event)
      } catch (error) {
        queueMicrotask(() => {
          throw error
        })
      }
    }
  }
}
