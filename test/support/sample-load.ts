import type {
  LoadResult,
  OutcomeName,
  OutcomeResult,
} from '../../cli/measure/results/load-result.ts'
import { distributionOf } from '../../cli/measure/statistics/histogram.ts'
import { type Random, seededRandom } from '../../runtime/kernel/random.ts'
import { cost, ENVIRONMENT, logNormal, STARTED_AT } from './sample-parts.ts'
import { OUTCOMES, simulatedRamp } from './simulated-ramp.ts'

/**
 * A ramp from 20 to 200 requests a second over a handler of 200 ms that 30 may run of at once: so
 * about from 150 a second some are throttled.
 */
export function sampleLoad({ durationSeconds = 60 } = {}): LoadResult {
  const random = seededRandom(11)
  const { rows, responses } = simulatedRamp(durationSeconds, random)
  const planned = rows.reduce((sum, { sent }) => sum + sent, 0)
  const outcome = (name: OutcomeName, reason: string | null): OutcomeResult[] => {
    const samples = responses.get(name) ?? []
    return samples.length === 0
      ? []
      : [{ outcome: name, reason, count: samples.length, latencies: latencies(samples, random) }]
  }
  const [cold = 0, warm = 0, throttled = 0, failed = 0] = OUTCOMES.map(
    (name) => responses.get(name)?.length,
  )
  const ran = cold + warm + failed
  const answered = [...(responses.get('cold') ?? []), ...(responses.get('warm') ?? [])]
  return {
    schema: 'sandlot-load',
    schemaVersion: 1,
    startedAt: STARTED_AT,
    complete: true,
    seed: 42,
    target: {
      kind: 'function',
      label: 'thumbnail',
      url: null,
      memorySizeMb: 1_024,
      reservedConcurrency: 30,
      isolation: 'process',
    },
    workload: {
      loop: 'open',
      arrivals: 'ramp',
      text: `20/s to 200/s over ${durationSeconds} s, Poisson`,
      durationMs: durationSeconds * 1_000,
      planned,
    },
    environment: ENVIRONMENT,
    warnings: [],
    validity: {
      valid: true,
      reasons: [],
      plannedPerSecond: planned / durationSeconds,
      achievedPerSecond: (planned - 3) / durationSeconds,
      lagMs: distributionOf(Array.from({ length: planned }, () => logNormal(0.06, 0.7, random))),
      eventLoopDelayMs: { p99: 0.81, max: 4.2 },
      generatorCpu: 0.14,
      dropped: 0,
    },
    outcomes: [
      ...outcome('warm', null),
      ...outcome('cold', null),
      ...outcome('throttle', 'ReservedFunctionConcurrentInvocationLimitExceeded'),
      ...outcome('function error', 'TypeError'),
    ],
    answered: latencies(answered, random),
    seconds: rows,
    reconciliation: {
      differences: [],
      rows: [
        { what: 'ran', generator: ran, controller: ran, sandboxes: ran },
        { what: 'cold', generator: cold, controller: cold, sandboxes: cold },
        { what: 'throttled', generator: throttled, controller: throttled, sandboxes: null },
      ],
    },
    cost: cost(1_024, 203, 'x86_64'),
  }
}

/** Not valid and not complete, with reasons and differences. */
export function sampleInvalidLoad(): LoadResult {
  const result = sampleLoad({ durationSeconds: 12 })
  const reasons = [
    'The generator fell behind: 99 % of the requests were sent within 41.3 ms, more than 10 % of the median answer (202 ms).',
    'It reached 112/s of the 140/s planned.',
  ]
  const differences = ['The controller counted 488 throttles, the generator 485.']
  return {
    ...result,
    complete: false,
    warnings: ['Ended by Ctrl-C after 12 s of 60 s.'],
    validity: { ...result.validity, valid: false, reasons, dropped: 31 },
    reconciliation: { rows: result.reconciliation?.rows ?? [], differences },
  }
}

const latencies = (serviceMs: readonly number[], random: Random) => ({
  responseMs: distributionOf(serviceMs.map((ms) => ms + logNormal(0.06, 0.7, random))),
  serviceMs: distributionOf(serviceMs),
})
