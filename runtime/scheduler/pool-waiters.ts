import type { PoolState } from './scheduler-events.ts'

/** Those who wait until the sandboxes that they asked for are ready, or cannot be. */
export class PoolWaiters {
  readonly #waiting = new Map<string, ((state: PoolState | undefined) => void)[]>()

  /** Resolves with the first state that is final; at once, if this one is, or there is none. */
  wait(pool: string, state: PoolState | undefined): Promise<PoolState | undefined> {
    if (state === undefined || isFinal(state)) return Promise.resolve(state)
    return new Promise((resolve) => {
      this.#waiting.set(pool, [...(this.#waiting.get(pool) ?? []), resolve])
    })
  }

  tell(pool: string, state: PoolState): void {
    if (!isFinal(state)) return
    for (const resolve of this.#waiting.get(pool) ?? []) resolve(state)
    this.#waiting.delete(pool)
  }

  /** Nothing will come of it any more. */
  release(): void {
    for (const resolves of this.#waiting.values())
      for (const resolve of resolves) resolve(undefined)
    this.#waiting.clear()
  }
}

const isFinal = ({ status }: PoolState): boolean => status !== 'IN_PROGRESS'
