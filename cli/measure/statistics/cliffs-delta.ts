/**
 * How far two sets of samples lie apart, from -1 to 1: the share of all pairs in which `b` is the
 * larger one less the share in which `a` is. 1: every `b` is larger than every `a`; 0: neither has
 * the upper hand, or there are no pairs.
 */
export function cliffsDelta(a: readonly number[], b: readonly number[]): number {
  if (a.length === 0 || b.length === 0) return 0
  const ascendingA = Float64Array.from(a).sort()
  const ascendingB = Float64Array.from(b).sort()
  let [below, upTo, balance] = [0, 0, 0]
  for (const value of ascendingB) {
    while (below < a.length && (ascendingA[below] as number) < value) below += 1
    while (upTo < a.length && (ascendingA[upTo] as number) <= value) upTo += 1
    balance += below - (a.length - upTo)
  }
  return balance / (a.length * b.length)
}
