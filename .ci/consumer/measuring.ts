import { bench } from 'sandlot/bench'
import { load } from 'sandlot/load'
import { htmlReport } from 'sandlot/report'

const input = { name: 'hello', handler: 'javascript.handler', rootDir: '/code' }
const benchmark = await bench(
  {
    variants: [{ target: 'hello', label: 'hello', input, payload: '{}' }],
    ...{ runs: 10, coldPerRun: 10, callsPerCold: 10, warmPerRun: 100, seed: 1 },
    ...{ untilCi: null, maxRuns: 10, smallestEffect: 0.05, aa: false },
    ...{ cpu: 'proportional', modules: false },
  },
  { onProgress: ({ done, total }) => console.log(done, total) },
)
const p50: number | null | undefined = benchmark.variants[0]?.series.cold.p50
const test = await load({
  target: {
    ...{ kind: 'function', label: 'hello', input, payload: '{}' },
    ...{ cpu: 'unlimited', accountConcurrency: 1_000 },
  },
  workload: {
    ...{ loop: 'open', durationMs: 10_000, spacing: 'poisson' },
    rate: { kind: 'constant', perSecond: 100 },
  },
  ...{ seed: 1, maxInFlight: 1_000, allowDrops: false, region: 'us-east-1' },
})
const differences: readonly string[] | undefined = test.reconciliation?.differences
const page: string = htmlReport(benchmark)
console.log(p50, differences, page)
