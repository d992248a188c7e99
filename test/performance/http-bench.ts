import type { Bench } from './measurement.ts'
import type { HttpOrder, HttpReport, Target } from './programs/http-client.ts'

/** A client and what it calls, each in a process of its own. */
export interface HttpBench {
  call(target: Target, order: Omit<HttpOrder, keyof Target>): Promise<HttpReport>
}

export function httpBench(bench: Bench): HttpBench {
  const client = bench.start('http-client.ts')
  return { call: (target, order) => client.ask<HttpReport>({ ...target, ...order }) }
}

export const HELLO_PATH = '/2015-03-31/functions/hello/invocations'

/** One after the other, warm. */
export const alone = (calls: number): Omit<HttpOrder, keyof Target> => ({
  clients: 1,
  warmUpCalls: 20,
  until: { calls },
})

export const CLIENTS = 32

/** As many as can be in so long, by 32 clients of which each waits for its answer. */
export const crowd = (durationMs: number): Omit<HttpOrder, keyof Target> => ({
  clients: CLIENTS,
  warmUpCalls: 5,
  until: { durationMs },
})

/** Our server, with one function. `cpu`: as of the emulator. */
export async function sandlotServer(
  bench: Bench,
  options: { readonly cpu?: 'unlimited' } = {},
): Promise<Target> {
  const server = bench.start('sandlot-server.ts', { args: [JSON.stringify(options)] })
  return { origin: await server.ask<string>({}), path: HELLO_PATH }
}

/** Bare node:http. */
export async function echoServer(bench: Bench): Promise<Target> {
  const server = bench.start('echo-server.ts')
  return { origin: await server.ask<string>({}), path: '/' }
}
