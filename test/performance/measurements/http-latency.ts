import { pipeEcho } from '../bare-node.ts'
import { figure, ratios, timed } from '../figures.ts'
import { alone, echoServer, httpBench, sandlotServer } from '../http-bench.ts'
import type { Bench, Measured, Measurement } from '../measurement.ts'
import { inRounds } from '../rounds.ts'
import { medianCall } from './median-call.ts'

/** A warm invocation over HTTP against what HTTP and a way to another process take by themselves. */
export const httpLatency: Measurement = {
  name: 'http-latency',
  title: 'A warm invocation over HTTP, one client, against bare node:http and a framed ping-pong',
  measure,
}

const CALLS = 300

async function measure(bench: Bench): Promise<Measured> {
  const { call } = httpBench(bench)
  const [sandlot, bare] = [await sandlotServer(bench), await echoServer(bench)]
  const pipe = pipeEcho()
  try {
    const given = await inRounds(bench, bench.count(30, 10), {
      http: async () => (await call(bare, alone(CALLS))).p50Ms,
      pingPong: () => medianCall(CALLS, () => timed(() => pipe.roundTrip())),
      sandlot: async () => (await call(sandlot, alone(CALLS))).p50Ms,
    })
    const floor = given.http.map((ms, round) => ms + (given.pingPong[round] ?? Number.NaN))
    return {
      figures: [
        figure('bare node:http echo', 'ms', given.http),
        figure('framed ping-pong', 'ms', given.pingPong),
        figure('Sandlot', 'ms', given.sandlot),
        figure('Sandlot against both together', 'times', ratios(given.sandlot, floor), {
          atMost: 1.5,
        }),
      ],
      notes: [`each value is the median of ${CALLS} calls back to back by one client`],
    }
  } finally {
    await pipe.end()
  }
}
