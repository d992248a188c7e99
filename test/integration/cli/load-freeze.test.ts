import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import { expect, it } from 'vitest'
import { plannedInstants } from '../../../cli/measure/load/arrivals.ts'
import { load } from '../../../cli/measure/load/load.ts'
import type { LoadPlan } from '../../../cli/measure/load/load-plan.ts'
import type { OpenWorkload } from '../../../cli/measure/load/workload.ts'
import type { LoadResult } from '../../../cli/measure/results/load-result.ts'
import { quantile } from '../../../cli/measure/statistics/quantiles.ts'
import { seededRandom } from '../../../runtime/kernel/random.ts'
import { punctual } from './load-punctual.ts'

const SERVER = fileURLToPath(
  new URL('../../fixtures/handlers/load/stalling-server.mjs', import.meta.url),
)
const STALL_AFTER_MS = 4_000
const STALL_MS = 2_000
/** What 5 % of the expected p99 are, nearly: later than that the generator itself may not be. */
const MOST_LAG_MS = 80

const workload: OpenWorkload = {
  loop: 'open',
  durationMs: 10_000,
  rate: { kind: 'constant', perSecond: 100 },
  spacing: 'even',
}

/** What the server has seen; milliseconds since the epoch. */
interface Seen {
  /** In the order of the answers. */
  readonly answeredMs: readonly number[]
  readonly stall: { readonly fromMs: number; readonly toMs: number }
}

it('a target that stalls for 2 s in 10 s at 100/s has the p99 that follows from its own record', async (context) => {
  const { result, seen } = await punctual(stalled, ({ result: each }) => each, MOST_LAG_MS, context)
  const { responseMs } = result.answered
  expect(responseMs.n).toBe(1_000)
  const stalledMs = seen.stall.toMs - seen.stall.fromMs
  expect(stalledMs).toBeGreaterThanOrEqual(STALL_MS - 1)
  const computed = quantile(expectedResponses(seen), 0.99) as number
  // A hundredth of all requests is a twentieth of those that had to wait.
  expect(computed).toBeGreaterThan(0.9 * stalledMs)
  const measured = responseMs.p99 as number
  expect(Math.abs(measured / computed - 1), `${measured}, not ${computed}`).toBeLessThan(0.05)
  // Whoever only looks at the median sees nothing of it.
  expect(responseMs.p50).toBeLessThan(stalledMs / 10)
  expect(Math.max(...result.seconds.map(({ inFlight }) => inFlight))).toBeGreaterThan(90)
})

async function stalled(): Promise<{ readonly result: LoadResult; readonly seen: Seen }> {
  const server = execa(process.execPath, [SERVER, String(STALL_AFTER_MS), String(STALL_MS)], {
    ipc: true,
    reject: false,
  })
  try {
    const [{ port }] = (await once(server, 'message')) as [{ port: number }]
    const result = await load(planFor(port))
    server.send('tell')
    const [seen] = (await once(server, 'message')) as [Seen]
    return { result, seen }
  } finally {
    server.disconnect()
    await server
  }
}

const planFor = (port: number): LoadPlan => ({
  target: {
    kind: 'url',
    label: 'a server that stalls',
    patienceMs: 60_000,
    request: {
      answers: 'url',
      origin: `http://127.0.0.1:${port}`,
      path: '/',
      method: 'GET',
      headers: {},
      body: '',
      signing: null,
    },
  },
  workload,
  seed: 1,
  maxInFlight: 10_000,
  allowDrops: false,
  region: 'us-east-1',
})

/**
 * From the planned instants to the server's answers, the first to the first and so on: those planned
 * for the stall had to wait for its end.
 */
function expectedResponses({ answeredMs }: Seen): number[] {
  const planned = [...plannedInstants(workload, seededRandom(1))]
  const delays = planned.map((dueMs, index) => (answeredMs[index] as number) - dueMs)
  // The first request was due at 0. The least delay is that of a request that had to wait for nothing.
  const startMs = Math.min(...delays)
  return delays.map((delay) => delay - startMs)
}
