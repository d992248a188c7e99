import { SandlotError } from './errors.ts'

/**
 * States what must be true at this point. A failure is a fault of the emulator itself, so it
 * throws `Internal` rather than something a caller might take for its own mistake. On the way of every
 * invocation write `if (!holds) invariant(false, …)`, so that no text is made for nothing.
 */
export function invariant(condition: unknown, what: string): asserts condition {
  if (!condition) throw new SandlotError('Internal', `Invariant broken: ${what}`)
}

/** Closes a `switch` over a union: a new member that is not handled fails to compile. */
export function unreachable(value: never, what: string): never {
  throw new SandlotError('Internal', `Unexpected ${what}: ${JSON.stringify(value)}`)
}
