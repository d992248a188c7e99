import { describe, expect, it } from 'vitest'
import { LAMBDA_RATES } from '../../../runtime/scheduler/scheduler-options.ts'
import { fixedModel } from '../../../runtime/simulation/latency-models.ts'
import { Simulation } from '../../../runtime/simulation/simulation.ts'
import { fn, SECOND, SETTINGS, simulated, workload } from './simulated.ts'

const many = (count: number, atUs = 0): number[] => new Array<number>(count).fill(atUs)

describe('a simulation of one function', () => {
  it('has a cold and a warm one of two invocations a second apart, to the last figure', () => {
    expect(simulated(workload([0, SECOND]))).toMatchObject({
      simulatedMs: 2_000,
      activeFunctions: 1,
      arrived: 2,
      completed: 2,
      cold: 1,
      warm: 1,
      provisioned: 0,
      spillover: 0,
      timeouts: 0,
      throttles: {},
      refused: 0,
      coldShare: 0.5,
      coldSharePerFunction: { p25: 0.5, p50: 0.5, p99: 0.5, max: 0.5 },
      latencyMs: {
        all: { n: 2, min: 21, p50: null, max: 231 },
        cold: { n: 1, min: 231, max: 231 },
        warm: { n: 1, min: 21, max: 21 },
      },
      // 230 and 20 ms of 2 s.
      concurrency: { max: 1, mean: 0.125 },
      sandboxes: { max: 1, mean: 1, created: 1 },
      memory: {
        startingGbS: 0.2 / 8,
        busyGbS: 0.05 / 8,
        idleGbS: 1.75 / 8,
        peakMb: 128,
      },
      stops: {},
      prewarmed: { started: 0, used: 0 },
      // 150 ms of init and 30, and 20.
      billed: [
        { memoryMb: 128, requests: 2, onDemandMs: 200, provisionedMs: 0, provisionedSandboxS: 0 },
      ],
    })
  })

  it('rounds what is billed up once, over init and run together', () => {
    const latency = fixedModel({ coldStartUs: 900, initUs: 400, runUs: 700 })
    const { billed } = simulated(workload([0, SECOND], { functions: [fn({ latency })] }))
    expect(billed[0]?.onDemandMs).toBe(2 + 1)
  })

  it('takes the time of the arrival where it has one, for a first run too', () => {
    const given = [
      { atUs: 0, fn: 0, runUs: 5_000 },
      { atUs: SECOND, fn: 0, runUs: 7_000 },
    ]
    const { latencyMs } = simulated(workload(given))
    expect([latencyMs.cold.max, latencyMs.warm.max]).toEqual([206, 8])
  })

  it('starts as many sandboxes as are needed at once, and uses the last one again', () => {
    const { cold, warm, concurrency, sandboxes } = simulated(
      workload([...many(3), SECOND, SECOND + 20_000]),
    )
    expect({ cold, warm, max: concurrency.max, created: sandboxes.created }).toEqual({
      cold: 4 - 1,
      warm: 2,
      max: 3,
      created: 3,
    })
  })

  it.each([
    ['within', -1, 1],
    ['at', 0, 1],
    ['after', 1, 2],
  ])('finds its sandbox %s the time for which it is kept', (_when, offUs, cold) => {
    // It ends at 230 ms and is kept for ten seconds.
    const what = workload([0, 230_000 + 10 * SECOND + offUs], { durationUs: 11 * SECOND })
    const outcome = simulated(what)
    expect(outcome.cold).toBe(cold)
    expect(outcome.stops).toEqual(cold === 2 ? { idle: 1 } : {})
  })

  it('counts idle sandboxes up to the end of the workload, or to their eviction before it', () => {
    const idleS = (durationUs: number) =>
      simulated(workload([0], { durationUs })).memory.idleGbS * 8
    expect(idleS(3 * SECOND)).toBe(3 - 0.23)
    expect(idleS(10 * SECOND)).toBeCloseTo(10 - 0.23, 9)
    expect(idleS(60 * SECOND)).toBe(10)
  })

  it('goes on after the workload until nothing is in flight', () => {
    const { simulatedMs, completed } = simulated(workload([2 * SECOND]))
    expect({ simulatedMs, completed }).toEqual({ simulatedMs: 2_230, completed: 1 })
  })

  it('has nothing to say of no invocations', () => {
    const { coldShare, coldSharePerFunction, concurrency, billed, timeline } = simulated(
      workload([]),
    )
    expect({ coldShare, coldSharePerFunction, concurrency, billed }).toEqual({
      coldShare: null,
      coldSharePerFunction: null,
      concurrency: { max: 0, mean: 0 },
      billed: [],
    })
    expect(timeline).toHaveLength(1)
  })

  it('refuses two functions of one name', () => {
    expect(() => simulated(workload([], { functions: [fn(), fn()] }))).toThrow(
      'two simulated functions of one name',
    )
  })

  it('refuses arrivals that are not in order', () => {
    expect(() => simulated(workload([1, 0]))).toThrow('an arrival at 0 µs after a later one')
  })
})

describe('simulated limits', () => {
  it('throttle exactly what the account does not allow', () => {
    const { cold, throttles, timeline } = simulated(workload(many(8)), { accountLimit: 5 })
    expect(cold).toBe(5)
    expect(throttles).toEqual({ ConcurrentInvocationLimitExceeded: 3 })
    expect(timeline[0]).toMatchObject({ arrived: 8, cold: 5, throttled: 3, inFlight: 5 })
  })

  it('throttle what a reservation does not allow, and all where it is 0', () => {
    const reserved = (count: number) =>
      simulated(workload(many(8), { functions: [fn({ reserved: count })] }))
    const reason = 'ReservedFunctionConcurrentInvocationLimitExceeded'
    expect(reserved(3).throttles).toEqual({ [reason]: 5 })
    expect(reserved(0)).toMatchObject({ completed: 0, coldShare: null, throttles: { [reason]: 8 } })
  })

  it('throttle new environments beyond a thousand at once, and let on as they refill', () => {
    // A hundred come back each second.
    const what = workload([...many(1_002), ...many(51, SECOND / 2)])
    const outcome = simulated(what, {
      accountLimit: 5_000,
      rates: LAMBDA_RATES,
      keepAlive: { kind: 'none' },
      maxParallelStarts: 5_000,
    })
    expect(outcome.throttles).toEqual({ FunctionInvocationRateLimitExceeded: 2 + 1 })
  })

  it('make starts wait for their turn', () => {
    const { latencyMs, memory } = simulated(workload(many(3)), { maxParallelStarts: 1 })
    expect(latencyMs.cold).toMatchObject({ min: 231, max: 631 })
    // 200, 400 and 600 ms.
    expect(memory.startingGbS).toBeCloseTo(1.2 / 8, 9)
  })

  it('replace a sandbox that has served often enough', () => {
    const recycling = { ...SETTINGS.recycling, afterInvocations: 2 }
    const arrivals = [0, SECOND, 2 * SECOND]
    const { cold, stops } = simulated(workload(arrivals), { recycling })
    expect({ cold, stops }).toEqual({ cold: 2, stops: { recycled: 1 } })
  })
})

describe('a simulated memory budget', () => {
  const functions = [fn({ name: 'a' }), fn({ name: 'b' })]
  const budget = { memoryBudgetMb: 255 }

  it('evicts an idle sandbox for one of another function', () => {
    const arrivals = [0, 1, 2].map((second) => ({ atUs: second * SECOND, fn: second % 2 }))
    const what = workload(arrivals, { functions, durationUs: 4 * SECOND })
    expect(simulated(what)).toMatchObject({ cold: 2, memory: { peakMb: 256 } })
    expect(simulated(what, budget)).toMatchObject({
      cold: 3,
      stops: { 'memory pressure': 2 },
      memory: { peakMb: 128 },
      sandboxes: { max: 1, created: 3 },
    })
  })

  it('refuses what does not fit beside a busy one', () => {
    const arrivals = [0, 1].map((index) => ({ atUs: index, fn: index }))
    const outcome = simulated(workload(arrivals, { functions }), budget)
    expect(outcome).toMatchObject({ completed: 1, refused: 1, throttles: {} })
    expect(outcome.timeline[0]).toMatchObject({ arrived: 2, refused: 1 })
  })
})

describe('a simulated time limit', () => {
  const functions = [fn({ timeoutUs: SECOND })]
  const run = (runUs: number, ...later: { atUs: number; fn: number; runUs: number }[]) =>
    simulated(
      workload([{ atUs: 0, fn: 0, runUs }, ...later], { functions, durationUs: 9 * SECOND }),
    )

  it('is not reached just before it', () => {
    expect(run(SECOND - 1)).toMatchObject({ completed: 1, timeouts: 0 })
  })

  it.each([SECOND, 5 * SECOND])('ends a run of %i µs when it is reached', (runUs) => {
    const { timeouts, completed, latencyMs, billed } = run(runUs)
    expect({ timeouts, completed }).toEqual({ timeouts: 1, completed: 1 })
    // 200 ms of start, 1 ms around.
    expect(latencyMs.all.max).toBe(1_201)
    expect(billed[0]?.onDemandMs).toBe(150 + 1_000)
  })

  it('includes the init of the next invocation, which is part of its duration', () => {
    const next = (runUs: number) => run(5 * SECOND, { atUs: 4 * SECOND, fn: 0, runUs })
    const inTime = next(799_999)
    expect(inTime).toMatchObject({ cold: 2, timeouts: 1, sandboxes: { created: 1 } })
    expect(inTime.billed[0]?.onDemandMs).toBe(1_150 + 1_000)
    expect(next(800_000)).toMatchObject({ cold: 2, timeouts: 2 })
  })

  it('ends an init after 10 s, and its second try when the time of the function is up', () => {
    const latency = fixedModel({ coldStartUs: 11 * SECOND, runUs: 1 })
    const what = workload([0], { functions: [fn({ latency })], durationUs: 20 * SECOND })
    expect(simulated(what)).toMatchObject({
      cold: 1,
      timeouts: 1,
      latencyMs: { all: { max: 13_000 } },
      memory: { startingGbS: 13 / 8, busyGbS: 0 },
      billed: [{ onDemandMs: 3_000 }],
    })
  })
})

describe('simulated provisioned concurrency', () => {
  const functions = [fn({ provisioned: 2 })]

  it('is ready at the beginning; what is beyond it spills over', () => {
    const outcome = simulated(workload(many(3), { functions }))
    expect(outcome).toMatchObject({
      cold: 1,
      warm: 2,
      provisioned: 2,
      spillover: 1,
      simulatedMs: 2_000,
      latencyMs: { warm: { max: 31 }, cold: { max: 231 } },
      sandboxes: { max: 3, created: 3 },
      prewarmed: { started: 0 },
      // Their init is not billed, and was before the beginning.
      billed: [{ requests: 3, onDemandMs: 180, provisionedMs: 60, provisionedSandboxS: 4 }],
      memory: { startingGbS: 0.2 / 8 },
    })
    expect(outcome.memory.idleGbS).toBeCloseTo((2 * 1.97 + 2 - 0.23) / 8, 9)
  })

  it('is not evicted when it is idle', () => {
    const { cold, stops } = simulated(
      workload([0, 60 * SECOND], { functions, durationUs: 100 * SECOND }),
    )
    expect({ cold, stops }).toEqual({ cold: 0, stops: {} })
  })

  it('is not paid for where the memory does not hold it', () => {
    const { billed, provisioned } = simulated(workload([0], { functions }), {
      memoryBudgetMb: 128 + 127,
    })
    expect(provisioned).toBe(0)
    expect(billed).toMatchObject([{ requests: 1, provisionedMs: 0, provisionedSandboxS: 0 }])
  })

  it('takes its part of the account', () => {
    const { throttles, provisioned } = simulated(workload(many(4), { functions }), {
      accountLimit: 3,
    })
    expect({ throttles, provisioned }).toEqual({
      throttles: { ConcurrentInvocationLimitExceeded: 1 },
      provisioned: 2,
    })
  })
})

describe('a simulated policy', () => {
  it('that learns starts sandboxes ahead of demand', () => {
    const MINUTE = 60 * SECOND
    const arrivals = Array.from({ length: 60 }, (_, index) => index * 10 * MINUTE)
    const what = workload(arrivals, { durationUs: 600 * MINUTE })
    const outcome = simulated(what, { keepAlive: { kind: 'hybrid' } })
    const { billed, cold, prewarmed, stops } = outcome
    // It keeps for hours until it knows; from then on one is there each time.
    expect(cold).toBe(1)
    expect(prewarmed.used).toBeGreaterThan(40)
    expect(prewarmed.started).toBe(stops.idle)
    // An init that no invocation waits for is not billed; the first run after it is longer.
    const { used } = prewarmed
    expect(billed[0]?.onDemandMs).toBe(150 + 30 + 30 * used + 20 * (59 - used))
  })

  it('of none keeps nothing', () => {
    const { cold, memory, stops } = simulated(workload([0, SECOND]), {
      keepAlive: { kind: 'none' },
    })
    expect({ cold, idleGbS: memory.idleGbS, stops }).toEqual({
      cold: 2,
      idleGbS: 0,
      stops: { idle: 2 },
    })
  })
})

describe('in the middle of a simulation', () => {
  it('progress and outcome are those so far, and asking changes nothing', () => {
    const simulation = new Simulation(workload([0, SECOND]), SETTINGS)
    expect(simulation.progress).toEqual({ arrived: 0, planned: 2, virtualUs: 0 })
    // The first arrival, the end of its start, and that of its run.
    expect(simulation.run(3)).toBe(false)
    expect(simulation.progress).toEqual({ arrived: 1, planned: 2, virtualUs: 230_000 })
    expect(simulation.outcome()).toMatchObject({
      simulatedMs: 230,
      arrived: 1,
      completed: 1,
      concurrency: { mean: 1 },
      memory: { startingGbS: 0.2 / 8, idleGbS: 0 },
    })
    expect(simulation.outcome()).toEqual(simulation.outcome())
    expect(simulation.run(1_000)).toBe(true)
    expect(simulation.outcome()).toEqual(simulated(workload([0, SECOND])))
  })

  it('invocations in flight are counted as far as they have come', () => {
    const simulation = new Simulation(workload([0, 115_000]), SETTINGS)
    simulation.run(2)
    expect(simulation.outcome()).toMatchObject({
      simulatedMs: 115,
      arrived: 2,
      completed: 0,
      coldShare: null,
      concurrency: { max: 2, mean: 1 },
      memory: { startingGbS: 0.115 / 8 },
    })
  })
})
