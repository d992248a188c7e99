import type { PolicyResult } from '../../measure/results/simulate-result.ts'
import type { Colours } from '../colours.ts'
import { formatUsd, usdDecimals } from '../cost/cost-text.ts'
import { formatMs, NOT_SUPPORTED } from '../format.ts'
import { plainTable } from '../plain-table.ts'
import {
  amount,
  decisionsPerSecond,
  functionShare,
  percent,
  provisionedCounts,
  ratio,
  refusals,
  relativeIdle,
  throttled,
} from './policy-figures.ts'

const count = (value: number): string => value.toLocaleString('en-US')
const ms = (value: number | null): string => formatMs(value ?? undefined)

const FUNCTION_COLUMNS = ['p50', 'p75', 'p90'] as const

/** How many started cold, of all, of each function where there are enough, and what their callers waited. */
export function coldTable(policies: readonly PolicyResult[], paint: Colours): string {
  const isOfFunctions = policies.some(({ outcome }) => functionShare(outcome, 'p50') !== null)
  const ofFunctions = isOfFunctions ? FUNCTION_COLUMNS : []
  const names = ofFunctions.map((name, index) => (index === 0 ? `functions ${name}` : name))
  const head = ['', 'arrived', 'cold', 'share', ...names, 'cold p50', 'p90 ms']
  const table = plainTable(head, 1, paint)
  for (const { policy, outcome } of policies) {
    table.push([
      paint.bold(policy),
      count(outcome.arrived),
      paint.cyan(count(outcome.cold)),
      paint.bold(percent(outcome.coldShare)),
      ...ofFunctions.map((name) => percent(functionShare(outcome, name))),
      paint.cyan(ms(outcome.latencyMs.cold.p50)),
      ms(outcome.latencyMs.cold.p90),
    ])
  }
  return table.toString()
}

/** What all callers waited, how many were sent away, and what it took of machines. */
export function capacityTable(policies: readonly PolicyResult[], paint: Colours): string {
  const head = ['', 'p50', 'p99 ms', 'throttled', 'timeouts', 'in flight', 'sandboxes', 'idle GB-s']
  const table = plainTable([...head, ...(policies.length > 1 ? ['to first'] : [])], 1, paint)
  for (const each of policies) {
    const { outcome, policy } = each
    const refused = throttled(outcome)
    table.push([
      paint.bold(policy),
      paint.yellow(ms(outcome.latencyMs.all.p50)),
      ms(outcome.latencyMs.all.p99),
      refused === 0 ? '0' : paint.magenta(count(refused)),
      count(outcome.timeouts),
      count(outcome.concurrency.max),
      count(outcome.sandboxes.max),
      amount(outcome.memory.idleGbS),
      ...(policies.length > 1 ? [paint.bold(ratio(relativeIdle(each, policies[0])))] : []),
    ])
  }
  return table.toString()
}

/** What Lambda would bill, and how fast it was simulated. */
export function costTable(policies: readonly PolicyResult[], paint: Colours): string {
  const hasProvisioned = policies.some(({ cost }) => cost.provisionedUsd > 0)
  const parts = ['requests', 'duration', ...(hasProvisioned ? ['provisioned'] : [])]
  const head = ['', 'cost', ...parts, 'decisions', 'CPU s', 'decisions/s']
  const table = plainTable(head, 1, paint)
  const decimals = Math.max(...policies.map(({ cost }) => usdDecimals(cost.totalUsd)))
  for (const each of policies) {
    const { policy, cost, outcome, cpuMs } = each
    const { requestsUsd, durationUsd, provisionedUsd } = cost
    const speed = decisionsPerSecond(each)
    const usds = [requestsUsd, durationUsd, ...(hasProvisioned ? [provisionedUsd] : [])]
    table.push([
      paint.bold(policy),
      paint.yellow(formatUsd(cost.totalUsd, decimals)),
      ...usds.map((usd) => formatUsd(usd, decimals)),
      count(outcome.decisions),
      (cpuMs / 1_000).toFixed(2),
      speed === null ? NOT_SUPPORTED : count(speed),
    ])
  }
  return table.toString()
}

/** Of those that did not run: how many, under which policy, for which reason; and what was provisioned. */
export function countLines(policies: readonly PolicyResult[], paint: Colours): string[] {
  const all = policies.flatMap(({ policy, outcome }) => [
    ...refusals(outcome).map(([reason, times]) => [policy, paint.magenta(reason), times] as const),
    ...provisionedCounts(outcome).map(([what, times]) => [policy, what, times] as const),
  ])
  const widest = Math.max(0, ...all.map(([, , times]) => count(times).length))
  const longest = Math.max(0, ...all.map(([policy]) => policy.length))
  return all.map(([policy, what, times]) => {
    return `${count(times).padStart(widest)}  ${policy.padEnd(longest)}  ${what}`
  })
}
