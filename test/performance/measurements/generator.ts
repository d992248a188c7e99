import { load } from '../../../cli/measure/load/load.ts'
import type { LoadPlan } from '../../../cli/measure/load/load-plan.ts'
import type { Validity } from '../../../cli/measure/results/load-result.ts'
import { figure } from '../figures.ts'
import { echoServer } from '../http-bench.ts'
import type { Bench, Measured, Measurement } from '../measurement.ts'
import type { Target } from '../programs/http-client.ts'
import type { PacerOrder } from '../programs/idle-pacer.ts'

/** Whether the load generator sends when it is to, and says so when it does not. */
export const generator: Measurement = {
  name: 'generator',
  title: 'The load generator, open loop, against bare node:http',
  measure,
}

const RATE = 5_000
/** More than any process can send. */
const BEYOND = 200_000
const BEYOND_MS = 300

async function measure(bench: Bench): Promise<Measured> {
  const target = await echoServer(bench)
  const [runs, durationMs] = [bench.count(3, 2), bench.count(10_000, 4_000)]
  const pacer = bench.start('idle-pacer.ts')
  const idle: number[] = []
  const kept: Validity[] = []
  for (let run = 0; run < runs; run += 1) {
    bench.show(run, runs + 1, 'runs')
    idle.push(await pacer.ask<number>({ perSecond: RATE, durationMs } satisfies PacerOrder))
    kept.push((await load(planOf(target, RATE, durationMs))).validity)
  }
  bench.show(runs, runs + 1, 'runs')
  const beyond = (await load(planOf(target, BEYOND, BEYOND_MS))).validity
  const isBlind = beyond.valid ? 1 : 0
  return {
    figures: [
      figure('sent, where 5,000 a second are planned', 'per second', achieved(kept), {
        atLeast: 0.99 * RATE,
      }),
      figure('  lag behind the plan, p99', 'ms', lags(kept), { atMost: 1 }),
      figure('  lag of a process that sends nothing, p99', 'ms', idle),
      figure('  CPU of its process, of one core', 'times', cpus(kept)),
      figure('  of these runs called invalid', 'left', [kept.filter(isInvalid).length], {
        atMost: 0,
      }),
      figure('sent, where 200,000 a second are planned', 'per second', achieved([beyond])),
      figure('  of these runs called valid', 'left', [isBlind], { atMost: 0 }),
    ],
    notes: [
      `each value is of ${durationMs / 1_000} s; the machine must be idle: what delays one that sends nothing delays the generator too`,
      ...kept.flatMap(({ reasons }) => reasons).map((reason) => `at ${RATE}: ${reason}`),
      ...beyond.reasons.map((reason) => `at ${BEYOND}: ${reason}`),
    ],
  }
}

const achieved = (of: readonly Validity[]): number[] =>
  of.map(({ achievedPerSecond }) => achievedPerSecond)
const lags = (of: readonly Validity[]): number[] => of.map(({ lagMs }) => lagMs.p99 ?? Number.NaN)
const cpus = (of: readonly Validity[]): number[] => of.map(({ generatorCpu }) => generatorCpu)
const isInvalid = ({ valid }: Validity): boolean => !valid

const planOf = ({ origin, path }: Target, perSecond: number, durationMs: number): LoadPlan => ({
  target: {
    kind: 'url',
    label: 'a bare echo',
    request: {
      answers: 'url',
      origin,
      path,
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"name":"World"}',
      signing: null,
    },
    patienceMs: 10_000,
  },
  workload: {
    loop: 'open',
    durationMs,
    rate: { kind: 'constant', perSecond },
    spacing: 'even',
  },
  seed: 1,
  maxInFlight: 10_000,
  allowDrops: false,
  region: 'us-east-1',
})
