import type { OutcomeName, SecondRow } from '../../cli/measure/results/load-result.ts'
import type { Random } from '../../runtime/kernel/random.ts'
import { logNormal } from './sample-parts.ts'

const LIMIT = 30

/** What can come of a request of the ramp. */
export const OUTCOMES: readonly OutcomeName[] = ['cold', 'warm', 'throttle', 'function error']

export interface SimulatedRamp {
  readonly rows: readonly SecondRow[]
  /** Of each outcome, from the planned instant, milliseconds. */
  readonly responses: ReadonlyMap<OutcomeName, readonly number[]>
}

/** Requests of 20 to 200 a second to a handler of 200 ms that 30 may run of at once. */
export function simulatedRamp(durationSeconds: number, random: Random): SimulatedRamp {
  const freeAtMs: number[] = []
  const responses = new Map<OutcomeName, number[]>()
  const counts = Array.from({ length: durationSeconds }, () => ({
    sent: 0,
    cold: 0,
    warm: 0,
    throttled: 0,
    failed: 0,
  }))
  const answeredIn = counts.map((): number[] => [])
  const gauges = counts.map(() => ({ inFlight: 0, sandboxes: { starting: 0, busy: 0, idle: 0 } }))
  const add = (name: OutcomeName, ms: number): void => {
    const before = responses.get(name)
    if (before === undefined) responses.set(name, [ms])
    else before.push(ms)
  }
  for (let atMs = 0; ; ) {
    const perSecond = 20 + (180 * atMs) / (durationSeconds * 1_000)
    const before = Math.floor(atMs / 1_000)
    atMs += (-Math.log(1 - random.next()) / perSecond) * 1_000
    const second = Math.floor(atMs / 1_000)
    for (let each = before; each < Math.min(second, durationSeconds); each++) {
      const busy = freeAtMs.filter((free) => free > (each + 1) * 1_000).length
      const sandboxes = { starting: each < 2 ? 1 : 0, busy, idle: freeAtMs.length - busy }
      gauges[each] = { inFlight: busy, sandboxes }
    }
    const row = counts[second]
    if (row === undefined) break
    row.sent += 1
    const free = freeAtMs.findIndex((each) => each <= atMs)
    if (free < 0 && freeAtMs.length >= LIMIT) {
      row.throttled += 1
      add('throttle', logNormal(0.7, 0.4, random))
      continue
    }
    const runMs = logNormal(201, 0.06, random)
    const responseMs = free < 0 ? runMs + logNormal(84, 0.12, random) : runMs
    freeAtMs[free < 0 ? freeAtMs.length : free] = atMs + responseMs
    const isError = random.next() < 0.002
    const outcome = isError ? 'function error' : free < 0 ? 'cold' : 'warm'
    add(outcome, responseMs)
    row[outcome === 'function error' ? 'failed' : outcome] += 1
    answeredIn[second]?.push(responseMs)
  }
  const rows = counts.map((row, second) => {
    const sorted = (answeredIn[second] ?? []).toSorted((a, b) => a - b)
    const at = (q: number): number | null => sorted[Math.ceil(q * sorted.length) - 1] ?? null
    const gauge = gauges[second] ?? { inFlight: 0, sandboxes: null }
    return { second, ...row, ...gauge, p50Ms: at(0.5), p99Ms: at(0.99), maxMs: at(1) }
  })
  return { rows, responses }
}
