import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { seededRandom } from '../../../runtime/kernel/random.ts'
import {
  LAMBDA_RATES,
  NO_RATES,
  NO_RECYCLING,
} from '../../../runtime/scheduler/scheduler-options.ts'
import { empiricalModel } from '../../../runtime/simulation/latency-models.ts'
import { Simulation } from '../../../runtime/simulation/simulation.ts'
import { type EmulatorUnderTest, useEmulators } from './use-emulator.ts'

const start = useEmulators()

const PER_SECOND = 40
const CALLS = 600
const RUN_MS = 80
const RESERVED = 4
const KEEP_MS = 50

/** How long each sandbox was taken, by whether it was started for it. Milliseconds. */
interface Measured {
  readonly instantsMs: readonly number[]
  readonly coldMs: number[]
  readonly warmMs: number[]
  throttled: number
}

const instants = (seed: number): number[] => {
  const random = seededRandom(seed)
  let atMs = 0
  return Array.from({ length: CALLS }, () => {
    atMs += (-Math.log(1 - random.next()) / PER_SECOND) * 1_000
    return atMs
  })
}

/** Poisson arrivals at four sandboxes that are kept for 50 ms: throttles and cold starts all the time. */
async function lived({ emulator }: EmulatorUnderTest, seed: number): Promise<Measured> {
  const planned = instants(seed)
  const measured: Measured & { instantsMs: number[] } = {
    instantsMs: [],
    coldMs: [],
    warmMs: [],
    throttled: 0,
  }
  const assignedMs = new Map<string, number>()
  const tookMs = new Map<string, number>()
  const stopHearing = emulator.onEvent((event) => {
    if (event.type === 'invocation.assigned') assignedMs.set(event.requestId, performance.now())
    if (event.type === 'platform.throttle') measured.throttled += 1
    if (event.type !== 'invocation.ended') return
    const fromMs = assignedMs.get(event.requestId) ?? Number.NaN
    tookMs.set(event.requestId, performance.now() - fromMs)
  })
  const beganMs = performance.now()
  const payload = JSON.stringify({ sleep: RUN_MS })
  const calls: Promise<void>[] = []
  for (const atMs of planned) {
    const waitMs = beganMs + atMs - performance.now()
    if (waitMs > 0) await sleep(waitMs)
    // When it really came: a timer is late now and then.
    measured.instantsMs.push(performance.now() - beganMs)
    const call = emulator.invoke({ functionName: 'probe', payload }).then(
      ({ coldStart, requestId }) => {
        const took = tookMs.get(requestId) ?? Number.NaN
        if (coldStart) measured.coldMs.push(took)
        else measured.warmMs.push(took)
      },
      () => undefined,
    )
    calls.push(call)
  }
  await Promise.all(calls)
  stopHearing()
  return measured
}

/** The same arrivals, on times drawn from those that were measured. */
function simulated({ instantsMs, coldMs, warmMs }: Measured, seed: number) {
  const runsUs = warmMs.map((ms) => ms * 1_000)
  const meanRunUs = runsUs.reduce((sum, us) => sum + us, 0) / runsUs.length
  const coldStarts = coldMs.map((ms) => {
    const totalUs = Math.max(1, ms * 1_000 - meanRunUs)
    return { totalUs, initUs: totalUs }
  })
  const latency = empiricalModel({ coldStarts, firstRunsUs: runsUs, runsUs, overheadsUs: [1] })
  const arrivals = instantsMs.map((ms) => ({ atUs: Math.round(ms * 1_000), fn: 0 }))
  const simulation = new Simulation(
    {
      text: 'as measured',
      functions: [
        {
          name: 'probe',
          memoryMb: 1_769,
          timeoutUs: 30_000_000,
          reserved: RESERVED,
          provisioned: 0,
          latency,
        },
      ],
      arrivals: () => arrivals,
      planned: arrivals.length,
      durationUs: (arrivals.at(-1)?.atUs ?? 0) + 1,
      skipped: [],
    },
    {
      seed,
      accountLimit: 1_000,
      memoryBudgetMb: Number.POSITIVE_INFINITY,
      maxParallelStarts: 16,
      keepAlive: { kind: 'fixed', lifetimeUs: KEEP_MS * 1_000 },
      reuse: 'most-recent',
      recycling: NO_RECYCLING,
      rates: { ...NO_RATES, environmentsPer10s: LAMBDA_RATES.environmentsPer10s },
    },
  )
  while (!simulation.run(1_000));
  const { cold, throttles } = simulation.outcome()
  return { cold, throttled: Object.values(throttles).reduce((sum, count) => sum + count, 0) }
}

/** Half the width of the 95 % interval of a share, as it was measured from so many calls. */
const halfWidth = (count: number): number => {
  const share = count / CALLS
  return 1.96 * Math.sqrt((share * (1 - share)) / CALLS)
}

it('real and simulated agree within the interval of what was measured, where timing matters', async ({
  annotate,
}) => {
  const emulator = await start([{ reservedConcurrency: RESERVED, memorySizeMb: 1_769 }], {
    keepAlive: `fixed:${KEEP_MS}ms`,
    rates: 'unlimited',
    accountConcurrency: 100,
  })
  for (const seed of [1, 2, 3]) {
    const measured = await lived(emulator, seed)
    const again = simulated(measured, seed)
    const cold = measured.coldMs.length
    await annotate(
      `seed ${seed}: ${cold} cold and ${measured.throttled} throttled for real, ${again.cold} and ${again.throttled} simulated`,
    )
    expect(Math.abs(cold - again.cold) / CALLS).toBeLessThanOrEqual(halfWidth(cold))
    expect(Math.abs(measured.throttled - again.throttled) / CALLS).toBeLessThanOrEqual(
      halfWidth(measured.throttled),
    )
    // Histories without either would prove nothing.
    expect(Math.min(cold, measured.throttled)).toBeGreaterThan(20)
  }
})
