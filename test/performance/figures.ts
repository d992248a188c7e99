import { quantile } from '../../cli/measure/statistics/quantiles.ts'
import type { Bounds, Figure, Unit } from './measurement.ts'

/** Sums up values; at least one. */
export function figure(
  what: string,
  unit: Unit,
  values: readonly number[],
  promised?: Bounds,
): Figure {
  const at = (q: number): number => quantile(values, q) ?? Number.NaN
  return {
    what,
    unit,
    n: values.length,
    value: at(0.5),
    quartiles: [at(0.25), at(0.75)],
    interval: intervalOfMedian(values),
    ...(promised !== undefined && { promised }),
  }
}

/**
 * The order statistics between which the median lies with 95 % confidence, whatever the distribution:
 * the number of values below it is binomial. All of the values where they are few.
 */
export function intervalOfMedian(values: readonly number[]): [number, number] {
  const ascending = [...values].sort((a, b) => a - b)
  const last = ascending.length - 1
  const below = Math.max(0, Math.floor((values.length - 1.96 * Math.sqrt(values.length)) / 2) - 1)
  return [ascending[below] ?? Number.NaN, ascending[last - below] ?? Number.NaN]
}

/** What one took more than the other, round by round: a machine that slows down slows both. */
export const differences = (values: readonly number[], base: readonly number[]): number[] =>
  values.map((value, round) => value - (base[round] ?? Number.NaN))

/** How many times the other one took, round by round. */
export const ratios = (values: readonly number[], base: readonly number[]): number[] =>
  values.map((value, round) => value / (base[round] ?? Number.NaN))

/** Milliseconds that something takes. */
export async function timed(act: () => Promise<unknown>): Promise<number> {
  const beganMs = performance.now()
  await act()
  return performance.now() - beganMs
}
