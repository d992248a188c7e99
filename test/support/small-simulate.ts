import type { PolicyResult, SimulateResult } from '../../cli/measure/results/simulate-result.ts'
import { simulatedCost } from '../../cli/measure/simulate/simulated-cost.ts'
import type { SimulationOutcome } from '../../runtime/simulation/simulation-outcome.ts'
import { sampleSimulate } from './sample-simulate.ts'

/** Ten minutes under two policies, of round figures. */
export function smallSimulate(): SimulateResult {
  return {
    ...sampleSimulate(),
    policies: [
      policyOf('fixed:10m', smallOutcome({})),
      policyOf(
        'hybrid',
        smallOutcome({
          cold: 100,
          coldShare: 0.1,
          latencyMs: { ...LATENCIES, cold: { ...LATENCIES.cold, n: 100, p90: 1_200 } },
          memory: { startingGbS: 5, busyGbS: 20, idleGbS: 25, peakMb: 1_536 },
          throttles: {},
          refused: 0,
        }),
      ),
    ],
  }
}

function policyOf(policy: string, outcome: SimulationOutcome): PolicyResult {
  const cost = simulatedCost(outcome, 'us-east-1')
  return { policy, complete: true, outcome, cost, cpuMs: 500, elapsedMs: 510 }
}

const LATENCIES: SimulationOutcome['latencyMs'] = {
  all: { n: 989, min: 100, p50: 100, p90: 110, p99: null, p999: null, max: 1_300 },
  cold: { n: 40, min: 1_000, p50: 1_100, p90: null, p99: null, p999: null, max: 1_300 },
  warm: { n: 949, min: 100, p50: 100, p90: 105, p99: null, p999: null, max: 400 },
}

export function smallOutcome(other: Partial<SimulationOutcome>): SimulationOutcome {
  return {
    simulatedMs: 600_000,
    activeFunctions: 3,
    arrived: 1_000,
    completed: 989,
    cold: 40,
    warm: 949,
    provisioned: 0,
    spillover: 0,
    timeouts: 2,
    throttles: { ConcurrentInvocationLimitExceeded: 10 },
    refused: 1,
    coldShare: 0.0404,
    coldSharePerFunction: { p25: 0.01, p50: 0.02, p75: 0.1, p90: 0.2, p99: 0.3, max: 0.3 },
    latencyMs: LATENCIES,
    concurrency: { max: 9, mean: 1.5 },
    sandboxes: { max: 12, mean: 8, created: 40 },
    memory: { startingGbS: 4, busyGbS: 20, idleGbS: 100, peakMb: 1_536 },
    stops: {},
    prewarmed: { started: 0, used: 0 },
    billed: [
      {
        memoryMb: 1_024,
        requests: 989,
        onDemandMs: 100_000,
        provisionedMs: 0,
        provisionedSandboxS: 0,
      },
    ],
    timeline: [
      {
        fromMs: 0,
        arrived: 500,
        cold: 30,
        throttled: 10,
        refused: 1,
        inFlight: 9,
        sandboxes: 12,
        memoryMb: 1_536,
      },
      {
        fromMs: 300_000,
        arrived: 500,
        cold: 10,
        throttled: 0,
        refused: 0,
        inFlight: 7,
        sandboxes: 12,
        memoryMb: 1_536,
      },
    ],
    decisions: 3_000,
    fingerprint: '00c0ffee',
    ...other,
  }
}
