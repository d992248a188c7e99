import { setTimeout } from 'node:timers/promises'

interface Event {
  /** Default 100. */
  readonly ms?: number
}

/** Waits, as a function does that calls another service. `{ "ms": 100 }` → `{ "sleptMs": 100.2 }` */
export async function handler({ ms = 100 }: Event): Promise<{ sleptMs: number }> {
  if (typeof ms !== 'number' || !(ms >= 0)) throw new TypeError("'ms' must be a number, 0 or more")
  const begun = performance.now()
  await setTimeout(ms)
  return { sleptMs: performance.now() - begun }
}
