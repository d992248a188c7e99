import { describe, expect, it } from 'vitest'
import type { BenchPlan, VariantToRun } from '../../../cli/measure/bench/bench-plan.ts'
import { benchResult } from '../../../cli/measure/bench/bench-result-of.ts'
import type { Measured } from '../../../cli/measure/bench/measured.ts'
import { noiseWarnings } from '../../../cli/measure/bench/noise-warnings.ts'
import type { RunSamples } from '../../../cli/measure/bench/run-samples.ts'
import { type Sample, sampleOf } from '../../../cli/measure/bench/sample.ts'
import type { Environment } from '../../../cli/measure/environment.ts'
import { stealBetween, ticksFrom } from '../../../cli/measure/machine/watch-machine.ts'
import type { ModuleReport } from '../../../cli/measure/modules/measure-modules.ts'
import { seededRandom } from '../../../runtime/kernel/random.ts'
import { sampleBench } from '../../support/sample-results.ts'
import { invokeResult } from './invoke-results.ts'

const variant = (label: string, build: string | null = null): VariantToRun => ({
  target: 'f',
  label,
  build,
  payload: '{}',
  input: { name: 'f', handler: 'h', rootDir: '/', isolation: 'process', memorySizeMb: 128 },
  node: { path: '/node', version: 'v20.19.0', runsTypeScript: false },
})

const plan: BenchPlan = {
  variants: [],
  ...{ runs: 6, coldPerRun: 5, callsPerCold: 10, warmPerRun: 20 },
  ...{ seed: 1, untilCi: null, maxRuns: 50, smallestEffect: 0.05, aa: false },
  ...{ cpu: 'proportional', modules: true },
}

const random = seededRandom(3)
/** Around `ms`, by a tenth to either side. */
const near = (ms: number): number => ms * (0.9 + 0.2 * random.next())

function samplesOf(series: Sample['series'], count: number, ms: number): Sample[] {
  return Array.from({ length: count }, (_, sequence) => {
    const coldStart = series === 'cold'
    const phasesMs = coldStart
      ? { booted: near(ms / 2), initialised: near(ms / 2) }
      : { ran: near(ms) }
    return sampleOf(invokeResult({ coldStart, phasesMs }), { series, sequence, call: 1 })
  })
}

const run = (coldMs: number, warmMs: number, more: Partial<RunSamples> = {}): RunSamples => ({
  samples: [...samplesOf('cold', 5, coldMs), ...samplesOf('warm', 20, warmMs)],
  failures: {},
  misclassified: 0,
  warmUpCalls: 25,
  ...more,
})

const runs = (count: number, make: (index: number) => RunSamples): RunSamples[] =>
  Array.from({ length: count }, (_, index) => make(index))

const machine: Environment = {
  ...sampleBench().environment,
  ...{ cpuCount: 4, load: 0, loadAfter: 1, stealShare: 0, onBattery: null, governor: null },
}

function result(
  measured: Measured[],
  change: Partial<BenchPlan> = {},
  modules: ModuleReport[] = [],
) {
  return benchResult({
    plan: { ...plan, ...change },
    startedAt: 'now',
    environment: machine,
    confinements: measured.map(() => 'plain' as const),
    blocks: { measured, endedBy: 'runs', widest: null },
    modules,
  })
}

const modules: ModuleReport = {
  ...{ starts: 3, reason: null, loadMs: 20, moduleLoadMs: 15, initCodeMs: 5 },
  modules: [{ name: 'dep', totalMs: 9, selfMs: 8 }],
}

describe('the result of a bench', () => {
  it('has every series with its intervals, and the samples by run', () => {
    const measured = { variant: variant('f, process'), runs: runs(6, () => run(40, 2)) }
    const [found] = result([measured]).variants
    const { cold, second, warm } = found?.series ?? {}
    expect(cold).toMatchObject({ n: 30, p99: null, p99Interval: null })
    expect(cold?.runsMs.map(({ length }) => length)).toEqual([5, 5, 5, 5, 5, 5])
    expect(warm?.n).toBe(120)
    for (const series of [cold, warm]) {
      const { p50 = null, p50Interval = null, p50OrderInterval = null } = series ?? {}
      expect(p50Interval?.low).toBeLessThan(p50 ?? 0)
      expect(p50Interval?.high).toBeGreaterThan(p50 ?? 0)
      expect(p50OrderInterval?.low).toBeLessThan(p50 ?? 0)
    }
    expect(second).toMatchObject({ n: 0, p50: null, p50Interval: null })
    expect(found).toMatchObject({
      ...{ id: 'A', label: 'f, process', confinement: 'plain', warmUpCalls: 25 },
      billed: { coldMs: 38, warmMs: 38, initMs: 35, maxMemoryUsedMb: 42 },
      costPerMillion: { requests: 1_000_000 },
    })
  })

  it('has no intervals of fewer than five runs', () => {
    const measured = { variant: variant('f'), runs: runs(4, () => run(40, 2)) }
    const [found] = result([measured]).variants
    expect(found?.series.cold).toMatchObject({ n: 20, p50Interval: null })
    expect(found?.series.cold.p50).not.toBeNull()
  })

  it('adds up what failed and what was left out', () => {
    const failing = { failures: { TypeError: 2 }, misclassified: 1 }
    const measured = { variant: variant('f'), runs: runs(2, () => run(40, 2, failing)) }
    expect(result([measured]).variants[0]).toMatchObject({
      failures: { TypeError: 4 },
      misclassified: 2,
    })
  })

  it('keeps what the separate starts saw apart from what the runs did', () => {
    const measured = { variant: variant('f'), runs: runs(2, () => run(40, 2)) }
    const of = (reports: ModuleReport[]) => result([measured], {}, reports).variants[0]
    const { starts, moduleLoadMs, initCodeMs } = modules
    expect(of([modules])?.phases).toEqual(of([])?.phases)
    expect(of([modules])?.phases.cold.map(({ name }) => name)).toEqual(['booted', 'initialised'])
    expect(of([modules])?.imports).toEqual({ starts, moduleLoadMs, initCodeMs })
    expect(of([])?.imports).toBeNull()
    expect(of([{ ...modules, starts: 0, reason: 'it hangs' }])?.imports).toBeNull()
  })

  it('compares with the first, with itself, or with the same of the other build', () => {
    const measured = (label: string, ms: number, build?: string) => ({
      variant: variant(label, build),
      runs: runs(6, () => run(ms, 2)),
    })
    const pairs = (...args: Parameters<typeof result>) =>
      new Set(result(...args).comparisons.map(({ a, b }) => `${b} to ${a}`))
    const three = [measured('f', 40), measured('g', 40), measured('h', 80)]
    expect(pairs(three)).toEqual(new Set(['B to A', 'C to A']))
    expect(pairs([...three, measured('i', 40)], { aa: true })).toEqual(
      new Set(['B to A', 'D to C']),
    )
    expect(pairs([measured('f', 40, 'main'), measured('f', 40)])).toEqual(new Set(['B to A']))
  })

  it('finds what is twice as slow, and nothing in what is the same', () => {
    const measured = [40, 40, 80].map((ms, index) => ({
      variant: variant(`v${index}`),
      runs: runs(10, () => run(ms, 2)),
    }))
    const verdicts = result(measured).comparisons.filter(
      ({ series, quantile }) => series === 'cold' && quantile === 0.5,
    )
    expect(verdicts.map(({ b, verdict }) => [b, verdict])).toEqual([
      ['B', 'no difference shown'],
      ['C', 'slower'],
    ])
  })

  it('is there of an interruption before the first run ended', () => {
    const nothing = result([{ variant: variant('f'), runs: [] }])
    expect(nothing.variants[0]?.series.cold).toMatchObject({ n: 0, max: null })
    expect(nothing.settings.runs).toBe(0)
  })
})

describe('noise', () => {
  const quiet = result([{ variant: variant('f'), runs: runs(6, () => run(40, 2)) }]).variants
  const warningsOf = (change: Partial<Environment>) =>
    noiseWarnings({ ...machine, ...change }, quiet)

  it('is nothing on a machine that has nothing else to do', () => {
    expect(warningsOf({})).toEqual([])
    expect(
      warningsOf({ load: 2, loadAfter: 3.5, stealShare: 0.01, governor: 'performance' }),
    ).toEqual([])
  })

  it.each([
    [{ load: 2.01 }, 'the machine was busy before: load 2.01 on 4 CPUs'],
    [{ loadAfter: 3.51 }, 'the machine was busy meanwhile: load 3.51 on 4 CPUs'],
    [{ stealShare: 0.011 }, 'the hypervisor gave 1.1 % of the CPU time to others'],
    [{ onBattery: true }, 'the machine runs on its battery'],
    [{ governor: 'powersave' }, "the CPU governor is 'powersave'"],
  ])('is told of where there is %o', (change, text) => {
    expect(warningsOf(change)).toEqual([text])
  })

  it('is also a machine that becomes slower while it measures', () => {
    const drifting = (slower: number) =>
      result([
        {
          variant: variant('f, process'),
          runs: runs(12, (at) => run(at < 8 ? 40 : 40 * slower, 2)),
        },
      ]).warnings
    expect(drifting(2)).toEqual([
      expect.stringMatching(
        /^f, process, cold: the last third of the runs was \d+ % slower than the first$/,
      ),
    ])
    expect(drifting(1)).toEqual([])
  })

  it('reads the share that was stolen from the counters of the kernel', () => {
    const before = ticksFrom('cpu  100 0 50 800 10 5 5 30 7 0')
    const after = ticksFrom('cpu  150 0 60 890 10 5 5 80 9 0')
    expect(before).toEqual({ total: 1_000, steal: 30 })
    expect(stealBetween(before, after)).toBe(0.25)
    expect(stealBetween(before, before)).toBeNull()
    expect(ticksFrom('cpu 1 2 3')).toBeNull()
    expect(stealBetween(null, after)).toBeNull()
  })
})
