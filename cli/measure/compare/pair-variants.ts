import type { BenchResult, VariantResult } from '../results/bench-result.ts'

/** A variant that both of two benchmarks have. */
export interface PairedVariant {
  readonly label: string
  readonly a: VariantResult
  readonly b: VariantResult
}

export interface Pairing {
  readonly pairs: readonly PairedVariant[]
  /** Labels of variants that only one of them has. */
  readonly onlyA: readonly string[]
  readonly onlyB: readonly string[]
}

/**
 * Finds what can be compared: variants of one label; then, of those left, the same target in the
 * same kind of sandbox and of the same size; and where each has one variant only, these two.
 */
export function pairVariants(a: BenchResult, b: BenchResult): Pairing {
  const leftA = [...a.variants]
  const leftB = [...b.variants]
  const pairs: PairedVariant[] = []
  const pair = (isSame: (one: VariantResult, other: VariantResult) => boolean): void => {
    for (const one of [...leftA]) {
      const other = leftB.find((each) => isSame(one, each))
      if (other === undefined) continue
      leftA.splice(leftA.indexOf(one), 1)
      leftB.splice(leftB.indexOf(other), 1)
      const label = one.label === other.label ? one.label : `${one.label} → ${other.label}`
      pairs.push({ label, a: one, b: other })
    }
  }
  pair((one, other) => one.label === other.label)
  pair(
    (one, other) =>
      one.target === other.target &&
      one.isolation === other.isolation &&
      one.memorySizeMb === other.memorySizeMb,
  )
  if (a.variants.length === 1 && b.variants.length === 1) pair(() => true)
  const labels = (variants: readonly VariantResult[]) => variants.map(({ label }) => label)
  return { pairs, onlyA: labels(leftA), onlyB: labels(leftB) }
}
