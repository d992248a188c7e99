import { describe, expect, it } from 'vitest'
import type { RunCounts } from '../../../cli/measure/bench/bench-plan.ts'
import { Run, type RunEmulator } from '../../../cli/measure/bench/run.ts'
import type { InvokeInput, InvokeResult } from '../../../runtime/invoke/invocation.ts'
import { invokeResult } from './invoke-results.ts'

type Answer = (call: number, input: InvokeInput) => InvokeResult

const asAsked: Answer = (_, { forceCold = false }) => invokeResult({ coldStart: forceCold })

/** Answers by script and writes down what it was asked. */
function scripted(answer: Answer) {
  const asked: string[] = []
  let calls = 0
  const emulator: RunEmulator = {
    prepared: async () => {
      asked.push('prepared')
    },
    invoke: async (input) => {
      calls += 1
      asked.push(input.forceCold ? 'cold' : 'warm')
      return answer(calls, input)
    },
    evict: async () => {
      asked.push('evict')
      return 1
    },
  }
  return { emulator, asked }
}

async function run(counts: RunCounts, answer: Answer = asAsked) {
  const { emulator, asked } = scripted(answer)
  const one = new Run(emulator, { functionName: 'f', payload: '{"a":1}', counts })
  await one.carryOut()
  return { seen: one.seen(), asked }
}

const times = <Value>(count: number, value: Value): Value[] =>
  Array.from({ length: count }, () => value)

const callsOf = (samples: readonly { series: string; call: number }[], series: string) =>
  samples.filter((sample) => sample.series === series).map(({ call }) => call)

const COLD_ONLY: RunCounts = { coldPerRun: 2, callsPerCold: 10, warmPerRun: 0 }

describe('a run', () => {
  it('starts cold, calls the sandbox nine times more and evicts it, after a start that does not count', async () => {
    const { seen, asked } = await run(COLD_ONLY)
    const visit = ['prepared', 'cold', ...times(9, 'warm'), 'evict']
    expect(asked).toEqual(['prepared', 'cold', 'evict', ...visit, ...visit])
    expect(callsOf(seen.samples, 'cold')).toEqual([1, 1])
    expect(callsOf(seen.samples, 'second')).toEqual([2, 2])
    expect(callsOf(seen.samples, 'tenth')).toEqual([10, 10])
    expect(callsOf(seen.samples, 'warm')).toEqual([])
    expect(seen).toMatchObject({
      misclassified: 0,
      failures: {},
      warmUpCalls: null,
    })
    expect(seen.samples.map(({ sequence }) => sequence)).toEqual(
      Array.from({ length: 21 }, (_, index) => index + 1),
    )
    expect(seen.samples[0]).toMatchObject({ series: 'warm-up', sequence: 1, call: 1 })
  })

  it('calls no sandbox twice where only cold starts are asked for', async () => {
    const { asked } = await run({ coldPerRun: 2, callsPerCold: 1, warmPerRun: 0 })
    expect(asked).toEqual(times(3, ['prepared', 'cold', 'evict']).flat())
  })

  it('warms the last sandbox up by the rule and then counts', async () => {
    const { seen } = await run({ coldPerRun: 2, callsPerCold: 10, warmPerRun: 30 })
    // All calls are alike, so the least that the rule looks at is enough.
    const warmUp = seen.warmUpCalls ?? 0
    expect(warmUp).toBe(25)
    expect(callsOf(seen.samples, 'warm')).toEqual(
      Array.from({ length: 30 }, (_, index) => warmUp + 1 + index),
    )
  })

  it('gives up as many calls as it counts, or ten, where they do not settle', async () => {
    // Every call takes longer than the one before it.
    const slower: Answer = (call, { forceCold = false }) =>
      invokeResult({ coldStart: forceCold, phasesMs: { ran: 1.5 ** call } })
    const warmUpOf = async (warmPerRun: number) =>
      (await run({ coldPerRun: 1, callsPerCold: 1, warmPerRun }, slower)).seen.warmUpCalls
    expect(await warmUpOf(40)).toBe(41)
    expect(await warmUpOf(3)).toBe(11)
  })

  it('sends the event', async () => {
    const events: unknown[] = []
    await run(COLD_ONLY, (call, input) => {
      events.push(input.payload)
      return asAsked(call, input)
    })
    expect(new Set(events)).toEqual(new Set(['{"a":1}']))
  })

  it('believes the record and not the intention', async () => {
    // The first that counts was warm, the second call of the next sandbox was cold.
    const { seen } = await run(COLD_ONLY, (call, { forceCold = false }) =>
      invokeResult({ coldStart: call === 13 ? true : call === 2 ? false : forceCold }),
    )
    expect(seen.misclassified).toBe(2)
    expect(callsOf(seen.samples, 'cold')).toEqual([1])
    expect(callsOf(seen.samples, 'second')).toEqual([2])
  })

  it('counts failures by type and takes no sample of them', async () => {
    const { seen } = await run(COLD_ONLY, (call, input) =>
      call === 2
        ? invokeResult({ outcome: 'timeout', errorType: 'Sandbox.Timedout' })
        : call === 13
          ? invokeResult({ coldStart: false, outcome: 'error', errorType: 'TypeError' })
          : asAsked(call, input),
    )
    expect(seen.failures).toEqual({ 'Sandbox.Timedout': 1, TypeError: 1 })
    expect(callsOf(seen.samples, 'cold')).toEqual([1])
    expect(callsOf(seen.samples, 'second')).toEqual([2])
    expect(seen.misclassified).toBe(0)
  })

  it('has what it has seen when it is interrupted', async () => {
    const { emulator } = scripted((call, input) => {
      if (call === 4) throw new Error('closing')
      return asAsked(call, input)
    })
    const one = new Run(emulator, { functionName: 'f', payload: '{}', counts: COLD_ONLY })
    await expect(one.carryOut()).rejects.toThrow('closing')
    expect(one.seen().samples).toHaveLength(3)
  })

  it('keeps the figures of a sample and not its payload', async () => {
    const { seen } = await run(COLD_ONLY)
    expect(seen.samples[1]).toEqual({
      series: 'cold',
      sequence: 2,
      call: 1,
      sandboxId: '0123456789abcdef0123456789abcdef',
      totalMs: 39,
      durationMs: 2.5,
      billedDurationMs: 38,
      initDurationMs: 35,
      maxMemoryUsedMb: 42,
      phasesUs: {
        queued: 1_000,
        spawned: 4_000,
        booted: 20_000,
        initialised: 10_000,
        dispatched: 1_000,
        ran: 3_000,
      },
    })
  })
})
