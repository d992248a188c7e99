// Who calls the servers that are compared: the same code for each of them, in a process of its own.
import { Pool } from 'undici'
import { quantile } from '../../../cli/measure/statistics/quantiles.ts'
import { answerQuestions } from './answer-questions.ts'

export interface Target {
  readonly origin: string
  readonly path: string
}

/** Calls back to back, so many at once, after `warmUpCalls` by each that do not count. */
export interface HttpOrder extends Target {
  readonly clients: number
  readonly warmUpCalls: number
  /** It ends after so many, all clients together, or after so long. */
  readonly until: { readonly calls: number } | { readonly durationMs: number }
}

export interface HttpReport {
  readonly calls: number
  readonly perSecond: number
  readonly p50Ms: number
  /** `undefined` where fewer than ten lie beyond it. */
  readonly p99Ms: number | undefined
}

const BODY = '{"name":"World"}'
const LEAST_FOR_P99 = 1_000

answerQuestions(carryOut)

async function carryOut(order: HttpOrder): Promise<HttpReport> {
  const { origin, clients, warmUpCalls, until } = order
  const pool = new Pool(origin, { connections: clients, pipelining: 1 })
  try {
    await byAll(clients, async () => {
      for (let made = 0; made < warmUpCalls; made += 1) await call(pool, order)
    })
    const tookMs: number[] = []
    const beganMs = performance.now()
    const isOver = (): boolean =>
      'calls' in until
        ? tookMs.length >= until.calls
        : performance.now() - beganMs >= until.durationMs
    await byAll(clients, async () => {
      while (!isOver()) tookMs.push(await call(pool, order))
    })
    return {
      calls: tookMs.length,
      perSecond: (tookMs.length / (performance.now() - beganMs)) * 1_000,
      p50Ms: quantile(tookMs, 0.5) ?? Number.NaN,
      p99Ms: tookMs.length < LEAST_FOR_P99 ? undefined : quantile(tookMs, 0.99),
    }
  } finally {
    await pool.destroy()
  }
}

const byAll = (clients: number, act: () => Promise<void>): Promise<unknown> =>
  Promise.all(Array.from({ length: clients }, act))

async function call(pool: Pool, { path }: Target): Promise<number> {
  const beganMs = performance.now()
  const { statusCode, body } = await pool.request({
    method: 'POST',
    path,
    headers: { 'content-type': 'application/json' },
    body: BODY,
  })
  const text = await body.text()
  const tookMs = performance.now() - beganMs
  if (statusCode !== 200 || text !== '{"hello":"World"}') throw new Error(`${statusCode}: ${text}`)
  return tookMs
}
