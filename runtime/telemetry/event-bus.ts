import type { PlatformEvent } from './platform-events.ts'

export type PlatformEventListener = (event: PlatformEvent) => void

/** Hands each event to every listener, in order, before `emit` returns. */
export class EventBus {
  readonly #listeners = new Set<PlatformEventListener>()

  /** Returns the way to stop hearing. */
  on(listener: PlatformEventListener): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  emit(event: PlatformEvent): void {
    for (const listener of this.#listeners) listener(event)
  }
}
