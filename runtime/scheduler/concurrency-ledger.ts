import { invariant } from '../kernel/invariant.ts'
import type { AdmissionSnapshot } from './admission-policy.ts'
import type { FunctionFacts, FunctionKey } from './scheduler-events.ts'

/**
 * Who is running how often right now, and who has reserved what. What is taken must be released
 * exactly once; a balance below zero is a bug of ours and says so.
 */
export class ConcurrencyLedger {
  readonly #accountLimit: number
  readonly #inFlight = new Map<FunctionKey, number>()
  readonly #reserved = new Map<FunctionKey, number>()

  /** @param accountLimit invocations at once over all functions. */
  constructor(accountLimit: number) {
    this.#accountLimit = accountLimit
  }

  /** Sets, changes or (with `undefined`) removes a function's reservation. */
  setReservation({ key, reservedConcurrency }: FunctionFacts): void {
    if (reservedConcurrency === undefined) this.#reserved.delete(key)
    else this.#reserved.set(key, reservedConcurrency)
  }

  take(key: FunctionKey): void {
    this.#inFlight.set(key, this.#of(key) + 1)
  }

  release(key: FunctionKey): void {
    const before = this.#of(key)
    invariant(before > 0, `concurrency of '${key}' released below zero`)
    this.#inFlight.set(key, before - 1)
  }

  /** Invocations in flight over all functions. */
  total(): number {
    return sum(this.#inFlight.values())
  }

  /** All that the admission of one more invocation of `key` depends on. */
  snapshot(key: FunctionKey): AdmissionSnapshot {
    let unreservedInFlight = 0
    for (const [other, inFlight] of this.#inFlight) {
      if (!this.#reserved.has(other)) unreservedInFlight += inFlight
    }
    return {
      accountLimit: this.#accountLimit,
      reservedInTotal: sum(this.#reserved.values()),
      reserved: this.#reserved.get(key),
      totalInFlight: this.total(),
      functionInFlight: this.#of(key),
      unreservedInFlight,
    }
  }

  #of(key: FunctionKey): number {
    return this.#inFlight.get(key) ?? 0
  }
}

function sum(numbers: Iterable<number>): number {
  let total = 0
  for (const number of numbers) total += number
  return total
}
