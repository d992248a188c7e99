export interface MannWhitney {
  /** Pairs in which `b` is larger; equal ones count half. */
  readonly u: number
  /** Of both being alike, against either being larger. */
  readonly pValue: number
}

/**
 * The test of Mann and Whitney by its normal approximation, corrected for ties and for continuity.
 * It takes samples for independent, which those of one run are not: a second opinion.
 */
export function mannWhitney(a: readonly number[], b: readonly number[]): MannWhitney {
  const [n, m] = [a.length, b.length]
  const { rankSumOfB, tieTerm } = ranks(a, b)
  const u = rankSumOfB - (m * (m + 1)) / 2
  const total = n + m
  const variance = ((n * m) / 12) * (total + 1 - tieTerm / (total * (total - 1)))
  if (!(variance > 0)) return { u, pValue: 1 }
  const distance = Math.max(0, Math.abs(u - (n * m) / 2) - 0.5)
  return { u, pValue: twoSidedNormalP(distance / Math.sqrt(variance)) }
}

/** Equal samples share the mean of their ranks. */
function ranks(a: readonly number[], b: readonly number[]) {
  const all = [
    ...a.map((value) => ({ value, isB: false })),
    ...b.map((value) => ({ value, isB: true })),
  ]
  all.sort((one, other) => one.value - other.value)
  let [rankSumOfB, tieTerm] = [0, 0]
  for (let start = 0; start < all.length; ) {
    let end = start
    let ofB = 0
    for (; end < all.length && all[end]?.value === all[start]?.value; end += 1) {
      if (all[end]?.isB) ofB += 1
    }
    const tied = end - start
    rankSumOfB += ofB * ((start + 1 + end) / 2)
    tieTerm += tied ** 3 - tied
    start = end
  }
  return { rankSumOfB, tieTerm }
}

/**
 * How likely a standard normal value at least `z` away from 0 is, to seven digits: formula 26.2.17
 * of Abramowitz and Stegun, Handbook of Mathematical Functions.
 */
function twoSidedNormalP(z: number): number {
  const t = 1 / (1 + 0.2316419 * z)
  const polynomial = COEFFICIENTS.reduceRight((inner, coefficient) => t * (coefficient + inner), 0)
  const density = Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)
  return Math.min(1, 2 * density * polynomial)
}

const COEFFICIENTS = [0.31938153, -0.356563782, 1.781477937, -1.821255978, 1.330274429] as const
