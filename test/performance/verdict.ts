import type { Figure } from './measurement.ts'

/**
 * - ok       the median is within what was promised
 * - broken   it is not, and that is no matter of chance
 * - unclear  it is not, but the values differ so much that they do not show that it could not be
 */
export type Verdict = 'ok' | 'broken' | 'unclear'

/** `undefined` where nothing was promised. */
export function verdictOf({ value, interval, promised }: Figure): Verdict | undefined {
  if (promised === undefined) return undefined
  const { atLeast = Number.NEGATIVE_INFINITY, atMost = Number.POSITIVE_INFINITY } = promised
  if (value >= atLeast && value <= atMost) return 'ok'
  const [low, high] = interval
  return low <= atMost && high >= atLeast ? 'unclear' : 'broken'
}
