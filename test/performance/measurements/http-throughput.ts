import { figure, ratios } from '../figures.ts'
import { CLIENTS, crowd, echoServer, httpBench, sandlotServer } from '../http-bench.ts'
import type { Bench, Measured, Measurement } from '../measurement.ts'
import type { HttpReport } from '../programs/http-client.ts'
import { inRounds } from '../rounds.ts'

/** Many clients at once; its rivals are asked the same in `rivals`. */
export const httpThroughput: Measurement = {
  name: 'http-throughput',
  title: `Warm invocations over HTTP, ${CLIENTS} clients, against bare node:http`,
  measure,
}

/** Fewer would leave clients waiting for each other. */
const LEAST_SANDBOXES = 8

async function measure(bench: Bench): Promise<Measured> {
  const { call } = httpBench(bench)
  // A sandbox with a share of a CPU would be measured, not what brings it its events.
  const sandlot = await sandlotServer(bench, { cpu: 'unlimited' })
  const bare = await echoServer(bench)
  const order = crowd(bench.count(3_000, 1_000))
  const given = await inRounds(bench, bench.count(8, 4), {
    bare: () => call(bare, order),
    sandlot: () => call(sandlot, order),
  })
  const rate = (reports: readonly HttpReport[]): number[] =>
    reports.map(({ perSecond }) => perSecond)
  const [echoed, answered] = [rate(given.bare), rate(given.sandlot)]
  return {
    figures: [
      figure('bare node:http echo', 'per second', echoed),
      figure('Sandlot', 'per second', answered),
      figure('Sandlot against bare', 'times', ratios(answered, echoed), { atLeast: 0.4 }),
      figure('sandboxes that serve them', 'left', [await sandboxesOf(sandlot)], {
        atLeast: LEAST_SANDBOXES,
      }),
      figure('  p50 of the echo', 'ms', p50(given.bare)),
      figure('  p50 of Sandlot', 'ms', p50(given.sandlot)),
      figure('  p99 of the echo', 'ms', p99(given.bare)),
      figure('  p99 of Sandlot', 'ms', p99(given.sandlot)),
    ],
    notes: [
      'each client asks again as soon as it has its answer; CPU of the sandboxes is not limited',
      'each value is of one round; clients, servers and sandboxes share the machine',
    ],
  }
}

const p50 = (reports: readonly HttpReport[]): number[] => reports.map(({ p50Ms }) => p50Ms)
const p99 = (reports: readonly HttpReport[]): number[] =>
  reports.flatMap(({ p99Ms }) => p99Ms ?? [])

async function sandboxesOf({ origin }: { readonly origin: string }): Promise<number> {
  const answer = await fetch(`${origin}/_sandlot/sandboxes`)
  return ((await answer.json()) as { readonly sandboxes: readonly unknown[] }).sandboxes.length
}
