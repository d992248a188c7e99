import type {
  ShareQuantiles,
  SimulationOutcome,
} from '../../../runtime/simulation/simulation-outcome.ts'
import type { PolicyResult } from '../../measure/results/simulate-result.ts'
import { isSupported } from '../../measure/statistics/quantiles.ts'
import { NOT_SUPPORTED } from '../format.ts'

export const throttled = ({ throttles }: SimulationOutcome): number =>
  Object.values(throttles).reduce((sum, count) => sum + count, 0)

/** Why invocations did not run, and how many; those of which there are none are left out. */
export function refusals({ throttles, refused }: SimulationOutcome): [string, number][] {
  const all: [string, number][] = [
    ...Object.entries(throttles),
    ['the memory budget was taken by busy sandboxes', refused],
  ]
  return all.filter(([, count]) => count > 0)
}

/** What became of those that provisioned sandboxes were meant for; empty: there were none. */
export function provisionedCounts(outcome: SimulationOutcome): [string, number][] {
  const { provisioned, spillover } = outcome
  if (provisioned + spillover === 0) return []
  return [
    ['ran on provisioned sandboxes', provisioned],
    ['spilled over to others', spillover],
  ]
}

/** Memory that sandboxes held while idle, over that under the first policy; `null`: that was none. */
export function relativeIdle(
  { outcome }: PolicyResult,
  first: PolicyResult | undefined,
): number | null {
  const base = first?.outcome.memory.idleGbS ?? 0
  return base === 0 ? null : outcome.memory.idleGbS / base
}

/** `null`: it was over before its time could be told. */
export const decisionsPerSecond = ({ outcome, cpuMs }: PolicyResult): number | null =>
  cpuMs < 10 ? null : Math.round(outcome.decisions / (cpuMs / 1_000))

export const FUNCTION_QUANTILES = {
  p25: 0.25,
  p50: 0.5,
  p75: 0.75,
  p90: 0.9,
  p99: 0.99,
} as const satisfies Partial<Record<keyof ShareQuantiles, number>>

/** Of each function's own share of cold starts; `null` where fewer than ten functions lie beyond. */
export function functionShare(
  { activeFunctions, coldSharePerFunction }: SimulationOutcome,
  name: keyof typeof FUNCTION_QUANTILES,
): number | null {
  if (!isSupported(activeFunctions, FUNCTION_QUANTILES[name])) return null
  return coldSharePerFunction?.[name] ?? null
}

/** `0.51 %`, `12 %`; what is not nothing does not become 0, and what is not all does not become 100. */
export function percent(share: number | null): string {
  if (share === null) return NOT_SUPPORTED
  const percents = share * 100
  if (share > 0 && percents < 0.005) return '< 0.01 %'
  const digits = percents === 0 ? 0 : percents < 1 ? 2 : percents < 10 ? 1 : 0
  const text = percents.toFixed(digits)
  return text === '100' && share < 1 ? '> 99 %' : `${text} %`
}

/** Gigabyte seconds and the like: no more digits than mean something. */
export const amount = (value: number): string =>
  value.toLocaleString('en-US', { maximumFractionDigits: value < 10 ? 2 : value < 100 ? 1 : 0 })

export const ratio = (value: number | null): string =>
  value === null
    ? NOT_SUPPORTED
    : `${value < 10 ? value.toFixed(2) : Math.round(value).toLocaleString('en-US')} ×`
