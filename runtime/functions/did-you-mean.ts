/**
 * The candidate that was probably meant, as an addition to a message: ` (did you mean 'hello'?)`.
 * Empty when none is close.
 */
export function didYouMean(word: string, candidates: readonly string[]): string {
  const most = Math.max(1, Math.floor(word.length / 3))
  const [best] = candidates
    .map((candidate) => ({ candidate, distance: distanceOf(word, candidate) }))
    .filter(({ distance }) => distance <= most)
    .sort((a, b) => a.distance - b.distance)
  return best === undefined ? '' : ` (did you mean '${best.candidate}'?)`
}

/** Levenshtein's edit distance, letter case aside. */
function distanceOf(a: string, b: string): number {
  const target = b.toLowerCase()
  let previous = Array.from({ length: target.length + 1 }, (_, index) => index)
  for (const [row, letter] of [...a.toLowerCase()].entries()) {
    const current = [row + 1]
    for (let column = 1; column <= target.length; column += 1) {
      const replaced = (previous[column - 1] ?? 0) + (letter === target[column - 1] ? 0 : 1)
      const inserted = (current[column - 1] ?? 0) + 1
      const removed = (previous[column] ?? 0) + 1
      current.push(Math.min(replaced, inserted, removed))
    }
    previous = current
  }
  return previous[target.length] ?? 0
}
