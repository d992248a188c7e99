import { describe, expect, it } from 'vitest'
import type { Visit } from '../../../cli/measure/bench-plan.ts'
import { type BenchEmulator, nothingMeasured, runBench } from '../../../cli/measure/bench-run.ts'
import { variantsOf } from '../../../cli/measure/variants.ts'
import type { FunctionVersion } from '../../../runtime/functions/function-version.ts'
import type { InvokeInput, InvokeResult } from '../../../runtime/invoke/invocation.ts'
import { invokeResult } from './invoke-results.ts'

const [variant] = variantsOf(
  [{ target: 'f', payload: '{"a":1}', input: { name: 'f', handler: 'h', rootDir: '/' } }],
  { isolations: ['process'], memorySizesMb: undefined },
) as [ReturnType<typeof variantsOf>[number]]

/** Answers by script and writes down what it was asked. */
function scripted(answer: (call: number, input: InvokeInput) => InvokeResult) {
  const asked: string[] = []
  let calls = 0
  const emulator: BenchEmulator = {
    deploy: async ({ name }) => {
      asked.push(`deploy ${name}`)
      return {} as FunctionVersion
    },
    prepared: async () => undefined,
    invoke: async (input) => {
      calls += 1
      asked.push(input.forceCold ? 'cold' : 'warm')
      return answer(calls, input)
    },
    evict: async (name) => {
      asked.push(`evict ${name}`)
      return 1
    },
  }
  return { emulator, asked }
}

const asAsked = (_: number, { forceCold = false }: InvokeInput) =>
  invokeResult({ coldStart: forceCold })

async function bench(emulator: BenchEmulator, visits: readonly Visit[]) {
  const measured = nothingMeasured(variant)
  const progress: number[] = []
  await runBench(emulator, [measured], visits, ({ done }) => progress.push(done))
  return { measured, progress }
}

describe('a bench', () => {
  it('starts cold, warms up, measures and evicts, visit by visit', async () => {
    const { emulator, asked } = scripted(asAsked)
    const visits = [
      { variant, warmCalls: 2, isWarmUp: false },
      { variant, warmCalls: 0, isWarmUp: false },
    ]
    const { measured, progress } = await bench(emulator, visits)
    const twelve = Array.from({ length: 12 }, () => 'warm')
    expect(asked).toEqual(['deploy f', 'cold', ...twelve, 'evict f', 'cold', 'evict f'])
    expect(measured.cold.map(({ sequence, call }) => [sequence, call])).toEqual([
      [1, 1],
      [14, 1],
    ])
    expect(measured.warmUp.map(({ call }) => call)).toEqual([2, 3, 4, 5, 6, 7, 8, 9, 10, 11])
    expect(measured.warm.map(({ call }) => call)).toEqual([12, 13])
    expect(progress).toEqual([0, 1, 2])
  })

  it('does not count a visit that warms up', async () => {
    const { emulator } = scripted(asAsked)
    const { measured } = await bench(emulator, [{ variant, warmCalls: 0, isWarmUp: true }])
    expect(measured).toMatchObject({ cold: [], warm: [], warmUp: [{ sequence: 1, call: 1 }] })
  })

  it('sends the event of the variant', async () => {
    const events: unknown[] = []
    const { emulator } = scripted((call, input) => {
      events.push(input.payload)
      return asAsked(call, input)
    })
    await bench(emulator, [{ variant, warmCalls: 0, isWarmUp: false }])
    expect(events).toEqual(['{"a":1}'])
  })

  it('believes the record and not the intention', async () => {
    const { emulator } = scripted((call) => invokeResult({ coldStart: call === 13 }))
    const { measured } = await bench(emulator, [{ variant, warmCalls: 2, isWarmUp: false }])
    expect(measured).toMatchObject({ cold: [], misclassified: 2 })
    expect(measured.warm).toHaveLength(1)
  })

  it('counts failures by type and takes no sample of them', async () => {
    const { emulator } = scripted((call, { forceCold = false }) =>
      call === 1
        ? invokeResult({ outcome: 'timeout', errorType: 'Sandbox.Timedout' })
        : call === 12
          ? invokeResult({ coldStart: false, outcome: 'error', errorType: 'TypeError' })
          : invokeResult({ coldStart: forceCold }),
    )
    const { measured } = await bench(emulator, [{ variant, warmCalls: 3, isWarmUp: false }])
    expect(measured.failures).toEqual(
      new Map([
        ['Sandbox.Timedout', 1],
        ['TypeError', 1],
      ]),
    )
    expect(measured.cold).toHaveLength(0)
    expect(measured.warm).toHaveLength(2)
    expect(measured.misclassified).toBe(0)
  })

  it('keeps what it has when it is interrupted', async () => {
    const { emulator } = scripted((call, input) => {
      if (call === 3) throw new Error('closing')
      return asAsked(call, input)
    })
    const measured = nothingMeasured(variant)
    const visits = Array.from({ length: 5 }, () => ({ variant, warmCalls: 0, isWarmUp: false }))
    await expect(runBench(emulator, [measured], visits, () => undefined)).rejects.toThrow('closing')
    expect(measured.cold).toHaveLength(2)
  })

  it('keeps the figures of a sample and not its payload', async () => {
    const { emulator } = scripted(asAsked)
    const { measured } = await bench(emulator, [{ variant, warmCalls: 0, isWarmUp: false }])
    expect(measured.cold[0]).toEqual({
      sequence: 1,
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
