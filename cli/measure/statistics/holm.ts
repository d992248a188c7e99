/**
 * P-values made up for there being several of them, by Holm's step-down method, in the order given:
 * who looks at twenty figures finds one below 5 % by chance alone.
 */
export function holm(pValues: readonly number[]): number[] {
  const adjusted = new Array<number>(pValues.length)
  let largest = 0
  const ascending = [...pValues.entries()].sort(([, p], [, q]) => p - q)
  for (const [rank, [index, p]] of ascending.entries()) {
    largest = Math.max(largest, Math.min(1, p * (pValues.length - rank)))
    adjusted[index] = largest
  }
  return adjusted
}
