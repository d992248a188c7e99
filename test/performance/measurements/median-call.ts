import { quantile } from '../../../cli/measure/statistics/quantiles.ts'

/** The first calls find what was asleep: they are not counted. */
const WARM_UP_CALLS = 20

/** The median of calls one after the other. */
export async function medianCall(calls: number, call: () => Promise<number>): Promise<number> {
  const values: number[] = []
  for (let made = 0; made < WARM_UP_CALLS + calls; made += 1) {
    const value = await call()
    if (made >= WARM_UP_CALLS) values.push(value)
  }
  return quantile(values, 0.5) ?? Number.NaN
}
