import type { PolicyResult, SimulateResult } from '../../cli/measure/results/simulate-result.ts'
import { simulatedCost } from '../../cli/measure/simulate/simulated-cost.ts'
import { type Random, seededRandom } from '../../runtime/kernel/random.ts'
import type {
  LatencySummary,
  SimulationOutcome,
  TimelineRow,
} from '../../runtime/simulation/simulation-outcome.ts'
import { ENVIRONMENT, STARTED_AT } from './sample-parts.ts'

const HOURS = 24
const SIMULATED_MS = HOURS * 3_600_000
const ROWS = 288

/** A day with a quiet night, of 400 functions, under five policies. */
export function sampleSimulate(): SimulateResult {
  return {
    schema: 'sandlot-simulate',
    schemaVersion: 1,
    startedAt: STARTED_AT,
    complete: true,
    seed: 42,
    region: 'us-east-1',
    workload: {
      text: 'Azure 2019, invocations.csv',
      functions: 424,
      planned: 1_204_311,
      durationMs: SIMULATED_MS,
      skipped: ['12 rows of functions without an application'],
    },
    latency: {
      text: 'AWS Lambda, nodejs22.x, init only: published by lambda-perf; not measured here',
      kind: 'published',
    },
    rules: {
      accountConcurrency: 1_000,
      memoryBudgetMb: 16_384,
      reuse: 'most-recent',
      maxAgeMs: { least: 7_200_000, most: 28_800_000 },
      maxInvocations: null,
      rates: 'lambda',
    },
    environment: { ...ENVIRONMENT, isolation: null, cpuLimit: null, limits: null },
    warnings: [],
    policies: [
      policy('fixed:1m', { coldShare: 0.061, idleGbS: 9_150 }),
      policy('fixed:10m', { coldShare: 0.0204, idleGbS: 61_200 }),
      policy('fixed:1h', { coldShare: 0.0079, idleGbS: 255_400 }),
      policy('hybrid', { coldShare: 0.0098, idleGbS: 44_700 }),
      policy('greedy-dual', { coldShare: 0.0051, idleGbS: 341_000, throttled: 812 }),
    ],
  }
}

interface Shape {
  readonly coldShare: number
  readonly idleGbS: number
  readonly throttled?: number
}

function policy(name: string, shape: Shape): PolicyResult {
  const outcome = sampleOutcome(shape)
  return {
    policy: name,
    complete: true,
    outcome,
    cost: simulatedCost(outcome, 'us-east-1'),
    cpuMs: 2_870,
    elapsedMs: 3_020,
  }
}

export function sampleOutcome({ coldShare, idleGbS, throttled = 0 }: Shape): SimulationOutcome {
  const arrived = 1_204_311
  const completed = arrived - throttled
  const cold = Math.round(completed * coldShare)
  const timeline = timelineOf(coldShare, idleGbS, throttled, seededRandom(7))
  return {
    simulatedMs: SIMULATED_MS,
    activeFunctions: 412,
    arrived,
    completed,
    cold,
    warm: completed - cold,
    provisioned: 0,
    spillover: 0,
    timeouts: 17,
    throttles:
      throttled === 0
        ? {}
        : {
            ConcurrentInvocationLimitExceeded: throttled - 12,
            ReservedFunctionConcurrentInvocationLimitExceeded: 12,
          },
    refused: 0,
    coldShare,
    coldSharePerFunction: {
      p25: coldShare / 3,
      p50: Math.min(1, coldShare * 2.4),
      p75: Math.min(1, coldShare * 9),
      p90: Math.min(1, coldShare * 16),
      p99: 1,
      max: 1,
    },
    latencyMs: {
      all: latency(completed, 12, coldShare),
      cold: latency(cold, 181, 1),
      warm: latency(completed - cold, 11.2, 0),
    },
    concurrency: { max: Math.max(...timeline.map(({ inFlight }) => inFlight)), mean: 8.21 },
    sandboxes: {
      max: Math.max(...timeline.map(({ sandboxes }) => sandboxes)),
      mean: 40.5,
      created: cold + 211,
    },
    memory: { startingGbS: 302, busyGbS: 9_841, idleGbS, peakMb: 14_208 },
    stops: { idle: cold - 60, recycled: 211 },
    prewarmed: { started: 211, used: 160 },
    billed: [
      {
        memoryMb: 128,
        requests: completed - 300_000,
        onDemandMs: 40_000_000,
        provisionedMs: 0,
        provisionedSandboxS: 0,
      },
      {
        memoryMb: 512,
        requests: 300_000,
        onDemandMs: 12_000_000,
        provisionedMs: 0,
        provisionedSandboxS: 0,
      },
    ],
    timeline,
    decisions: arrived * 3,
    fingerprint: '5f0c3a91',
  }
}

/** The tail is made of cold starts where there are enough of them. */
function latency(n: number, p50: number, coldShare: number): LatencySummary {
  return {
    n,
    min: p50 * 0.4,
    p50,
    p90: p50 * 2.1,
    p99: coldShare > 0.01 ? 420 : p50 * 6,
    p999: n > 10_000 ? 780 : null,
    max: 1_904,
  }
}

function timelineOf(
  coldShare: number,
  idleGbS: number,
  throttled: number,
  random: Random,
): TimelineRow[] {
  const loads = Array.from({ length: ROWS }, (_, index) => {
    const hour = (index * HOURS) / ROWS
    return 1 + 0.8 * Math.sin(((hour - 8) / 24) * 2 * Math.PI) + 0.15 * random.next()
  })
  return loads.map((load, index) => {
    const arrived = Math.round((1_204_311 / ROWS) * load)
    const inFlight = Math.round(20 * load + 4 * random.next())
    const isPeak = load > 1.85
    return {
      fromMs: (index * SIMULATED_MS) / ROWS,
      arrived,
      cold: Math.round(arrived * coldShare * (0.7 + 0.6 * random.next())),
      throttled: isPeak ? Math.round(throttled / 20) : 0,
      refused: 0,
      inFlight,
      sandboxes: inFlight + Math.round((idleGbS / 86_400 / 0.16) * (0.6 + 0.4 * load)),
      memoryMb: 4_000 + 3_000 * load,
    }
  })
}
