import { usToMs } from '../kernel/units.ts'
import { LatencyHistogram } from './latency-histogram.ts'
import type {
  BilledTime,
  MemoryTime,
  ShareQuantiles,
  SimulationOutcome,
} from './simulation-outcome.ts'
import type { StatisticsCollector } from './statistics-collector.ts'
import {
  BUSY,
  IDLE,
  type SizeTotals,
  STARTING,
  type WorldFunction,
  type WorldSandbox,
} from './world-records.ts'

export interface SimulatedSoFar {
  readonly statistics: StatisticsCollector
  readonly functions: readonly WorldFunction[]
  readonly sizes: readonly SizeTotals[]
  /** Those that there are at the end. */
  readonly sandboxes: readonly WorldSandbox[]
  /** The scheduler's time when the workload began. */
  readonly originUs: number
  /** Until when it was simulated, from the beginning of the workload. */
  readonly endUs: number
  readonly decisions: number
  readonly fingerprint: string
}

/** Sums up what was counted; changes nothing, so that it may be asked in the middle. */
export function outcomeOf(soFar: SimulatedSoFar): SimulationOutcome {
  const { statistics, functions, sizes, endUs, decisions, fingerprint } = soFar
  const { arrived, cold, warm, provisioned, spillover, timeouts, refused, timeline } = statistics
  const completed = cold + warm
  const held = heldUntilEnd(soFar)
  const allHeldUs = held.reduce((sum, [starting, busy, idle]) => sum + starting + busy + idle, 0)
  const { peaks } = timeline
  const meanOf = (us: number) => (endUs === 0 ? 0 : us / endUs)
  return {
    simulatedMs: usToMs(endUs),
    activeFunctions: functions.filter((fn) => fn.arrived > 0).length,
    arrived,
    completed,
    cold,
    warm,
    provisioned,
    spillover,
    timeouts,
    throttles: Object.fromEntries(statistics.throttles),
    refused,
    coldShare: completed === 0 ? null : cold / completed,
    coldSharePerFunction: sharesOf(functions),
    latencyMs: latencyOf(statistics),
    concurrency: { max: peaks.inFlight, mean: meanOf(takenUntilEnd(soFar)) },
    sandboxes: { max: peaks.sandboxes, mean: meanOf(allHeldUs), created: statistics.created },
    memory: memoryOf(sizes, held, peaks.memoryMb),
    stops: Object.fromEntries(statistics.stops),
    prewarmed: { started: statistics.prewarmedStarted, used: statistics.prewarmedUsed },
    billed: sizes.map((size) => billedOf(size, endUs)).filter(isAnything),
    timeline: timeline.rowsUntil(endUs),
    decisions,
    fingerprint,
  }
}

/** Microseconds of starting, busy and idle, for each memory size. */
type Held = readonly [starting: number, busy: number, idle: number]

function heldUntilEnd({ sizes, sandboxes, originUs, endUs }: SimulatedSoFar): Held[] {
  const held = new Map(sizes.map((size) => [size, [...size.heldUs]]))
  for (const { activity, fn, sinceUs } of sandboxes) {
    const ofSize = held.get(fn.size)
    if (ofSize === undefined) continue
    ofSize[activity] = (ofSize[activity] ?? 0) + originUs + endUs - sinceUs
  }
  return [...held.values()].map((us) => [us[STARTING] ?? 0, us[BUSY] ?? 0, us[IDLE] ?? 0])
}

/** How long invocations took concurrency, those in flight included; microseconds. */
function takenUntilEnd({ statistics, sandboxes, originUs, endUs }: SimulatedSoFar): number {
  let takenUs = statistics.takenUs
  for (const { invocation } of sandboxes) {
    if (invocation !== undefined) takenUs += originUs + endUs - invocation.arrivedUs
  }
  return takenUs
}

function memoryOf(sizes: readonly SizeTotals[], held: readonly Held[], peakMb: number): MemoryTime {
  const gbS = (activity: keyof Held & number) =>
    sizes.reduce((sum, { memoryMb }, index) => {
      const us = held[index]?.[activity] ?? 0
      return sum + (us / 1_000_000) * (memoryMb / 1_024)
    }, 0)
  return { startingGbS: gbS(STARTING), busyGbS: gbS(BUSY), idleGbS: gbS(IDLE), peakMb }
}

function latencyOf({ coldLatency, warmLatency }: StatisticsCollector) {
  const all = new LatencyHistogram()
  all.add(coldLatency)
  all.add(warmLatency)
  return { all: all.summary(), cold: coldLatency.summary(), warm: warmLatency.summary() }
}

/** All functions of which an invocation completed are in it, none stands for others: no quantile is left out. */
function sharesOf(functions: readonly WorldFunction[]): ShareQuantiles | null {
  const shares = functions
    .filter(({ completed }) => completed > 0)
    .map(({ cold, completed }) => cold / completed)
  if (shares.length === 0) return null
  const ascending = Float64Array.from(shares).sort()
  const at = (q: number) => ascending[Math.max(0, Math.ceil(q * ascending.length - 1e-6) - 1)] ?? 0
  return { p25: at(0.25), p50: at(0.5), p75: at(0.75), p90: at(0.9), p99: at(0.99), max: at(1) }
}

const billedOf = (size: SizeTotals, endUs: number): BilledTime => ({
  memoryMb: size.memoryMb,
  requests: size.requests,
  onDemandMs: size.onDemandMs,
  provisionedMs: size.provisionedMs,
  provisionedSandboxS: (size.provisioned * endUs) / 1_000_000,
})

const isAnything = ({ requests, provisionedSandboxS }: BilledTime): boolean =>
  requests > 0 || provisionedSandboxS > 0
