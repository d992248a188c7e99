import { seededRandom } from '../../../runtime/kernel/random.ts'
import { LAMBDA_RATES } from '../../../runtime/scheduler/scheduler-options.ts'
import { quantileModel } from '../../../runtime/simulation/latency-models.ts'
import { publishedLatency } from '../../../runtime/simulation/published-latencies.ts'
import { Simulation } from '../../../runtime/simulation/simulation.ts'
import type { SimulationSettings } from '../../../runtime/simulation/simulation-settings.ts'
import type {
  LatencyModel,
  SimulatedFunction,
  SimulatedWorkload,
} from '../../../runtime/simulation/workload.ts'
import { figure, ratios } from '../figures.ts'
import type { Bench, Measured, Measurement } from '../measurement.ts'

/** What a simulated invocation costs, with all policies at work, and with many functions. */
export const simulation: Measurement = {
  name: 'simulation',
  title: 'A million simulated invocations, CPU time on one core',
  measure,
}

const INVOCATIONS = 1_000_000
/** Enough to be past compilation, and for a function of ten thousand to be invoked again and again. */
const QUICK_INVOCATIONS = 200_000
const PER_SECOND = 1_000
const MEMORY_MB = 128

/**
 * Popularity goes down with this power of the rank, so that of 10,000 functions 18.6 % have 99.6 % of the
 * invocations, as in Azure's trace (Shahrad et al., "Serverless in the Wild", USENIX ATC 2020, figure 5).
 */
const AS_IN_TRACE = 1.63
const EVEN = 0

const SETTINGS: SimulationSettings = {
  seed: 1,
  accountLimit: 1_000,
  memoryBudgetMb: 10_000 * MEMORY_MB,
  maxParallelStarts: 100,
  keepAlive: { kind: 'hybrid' },
  reuse: 'most-recent',
  recycling: { leastAgeUs: 300_000_000, mostAgeUs: 3_600_000_000, afterInvocations: 100_000 },
  rates: LAMBDA_RATES,
}

async function measure(bench: Bench): Promise<Measured> {
  const invocations = bench.count(INVOCATIONS, QUICK_INVOCATIONS)
  const rounds = bench.count(7, 3)
  const workloads = {
    one: workload(1, EVEN, invocations),
    hundred: workload(100, AS_IN_TRACE, invocations),
    thousands: workload(10_000, AS_IN_TRACE, invocations),
    even: workload(10_000, EVEN, invocations),
  }
  const seconds = { one: [], hundred: [], thousands: [], even: [] } as Record<
    keyof typeof workloads,
    number[]
  >
  for (let round = 0; round <= rounds; round += 1) {
    bench.show(round, rounds + 1, 'rounds')
    for (const [name, each] of Object.entries(workloads)) {
      const perMillion = (cpuSeconds(each) / invocations) * 1_000_000
      // The first one is compiled on the way.
      if (round > 0) seconds[name as keyof typeof workloads].push(perMillion)
      await new Promise(setImmediate)
    }
  }
  const { one, hundred, thousands, even } = seconds
  return {
    figures: [
      figure('one function', 'seconds', one, { atMost: 3 }),
      figure('100 functions', 'seconds', hundred),
      figure('10,000 functions', 'seconds', thousands),
      figure('100 functions, of what one takes', 'times', ratios(hundred, one), { atMost: 2 }),
      figure('10,000 functions, of what one takes', 'times', ratios(thousands, one), { atMost: 2 }),
      figure('10,000 functions invoked equally often', 'seconds', even),
    ],
    notes: [
      `each value is of ${invocations.toLocaleString('en-US')} invocations, ${PER_SECOND.toLocaleString('en-US')} a second, scaled to a million; their instants are drawn beforehand`,
      'hybrid keep-alive, recycling, a memory budget (which is not reached), freezing and all rates are on',
      'of 10,000 functions 18.6 % have 99.6 % of the invocations, as in a public trace; invoked equally often, each finds its data no longer in the cache of the processor',
    ],
  }
}

function cpuSeconds(what: SimulatedWorkload): number {
  const before = process.cpuUsage()
  const run = new Simulation(what, SETTINGS)
  while (!run.run(100_000));
  run.outcome()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1_000_000
}

/** Poisson arrivals, each of a function drawn by its popularity. */
function workload(functions: number, power: number, invocations: number): SimulatedWorkload {
  const random = seededRandom(5)
  const latency = latencyModel()
  const draw = drawByRank(functions, power)
  const instants = new Float64Array(invocations)
  const indices = new Uint32Array(invocations)
  let atUs = 0
  for (let index = 0; index < invocations; index += 1) {
    atUs -= (Math.log(1 - random.next()) * 1_000_000) / PER_SECOND
    instants[index] = Math.floor(atUs)
    indices[index] = draw(random.next())
  }
  return {
    text: `${functions} functions`,
    functions: Array.from({ length: functions }, (_, index) => simulatedFunction(index, latency)),
    *arrivals() {
      for (let index = 0; index < invocations; index += 1) {
        yield { atUs: instants[index] as number, fn: indices[index] as number }
      }
    },
    planned: invocations,
    durationUs: Math.ceil(atUs),
    skipped: [],
  }
}

const simulatedFunction = (index: number, latency: LatencyModel): SimulatedFunction => ({
  name: `f${index}`,
  memoryMb: MEMORY_MB,
  timeoutUs: 3_000_000,
  reserved: undefined,
  provisioned: 0,
  latency,
})

function latencyModel(): LatencyModel {
  const published = publishedLatency('nodejs22.x')
  if (published === undefined) throw new Error('nodejs22.x was not published')
  return quantileModel(published, { memoryMb: MEMORY_MB, runUs: 20_000 })
}

/** @returns the index for a random number: 0 is the most popular one. */
function drawByRank(count: number, power: number): (random: number) => number {
  const upTo = new Float64Array(count)
  let sum = 0
  for (let index = 0; index < count; index += 1) {
    sum += (index + 1) ** -power
    upTo[index] = sum
  }
  return (random) => {
    let low = 0
    let high = count - 1
    while (low < high) {
      const middle = (low + high) >> 1
      if ((upTo[middle] as number) > random * sum) high = middle
      else low = middle + 1
    }
    return low
  }
}
