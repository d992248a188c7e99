import { join } from 'node:path'
import { figure, ratios, timed } from '../figures.ts'
import { HANDLERS, hello, invoke } from '../functions.ts'
import { alone, CLIENTS, crowd, type HttpBench, httpBench, sandlotServer } from '../http-bench.ts'
import type { Bench, Figure, Measured, Measurement } from '../measurement.ts'
import type { HttpReport, Target } from '../programs/http-client.ts'
import { install } from '../rivals/install.ts'
import {
  SERVERLESS_OFFLINE,
  type ServerlessOffline,
  startServerlessOffline,
} from '../rivals/serverless-offline.ts'
import { inRounds } from '../rounds.ts'
import { medianCall } from './median-call.ts'

/** What npm can install that serves functions on one machine, with the same handler. */
export const rivals: Measurement = {
  name: 'rivals',
  title: 'The same handler in serverless-offline and in lambda-local',
  measure,
}

const LAMBDA_LOCAL = 'lambda-local@2'
const CALLS = 300

async function measure(bench: Bench): Promise<Measured> {
  const folder = bench.scratch()
  bench.show(0, 3, 'installing')
  const failure = await install(folder, [...SERVERLESS_OFFLINE, LAMBDA_LOCAL])
  if (failure !== undefined) {
    return { figures: [], skipped: `the rivals cannot be had here: ${failure}` }
  }
  bench.show(1, 3, 'rivals')
  const offline = await againstServerlessOffline(bench, folder)
  bench.show(2, 3, 'rivals')
  const local = await againstLambdaLocal(bench, folder)
  return {
    figures: [...offline.figures, ...local.figures],
    notes: [...(offline.notes ?? []), ...(local.notes ?? [])],
  }
}

async function againstServerlessOffline(bench: Bench, folder: string): Promise<Measured> {
  const rounds = bench.count(8, 3)
  let rival: ServerlessOffline
  try {
    rival = await startServerlessOffline(folder, rounds + 1)
  } catch (error) {
    return { figures: [], notes: [`serverless-offline does not run here: ${error}`] }
  }
  try {
    const http = httpBench(bench)
    const sandlot = await sandlotServer(bench, { cpu: 'unlimited' })
    return {
      figures: [
        ...(await coldFigures(bench, rounds, { http, sandlot, rival })),
        ...(await aloneFigures(bench, rounds, { http, sandlot, rival })),
        ...(await crowdFigures(bench, rounds, { http, sandlot, rival })),
      ],
      notes: [
        'serverless-offline 14 runs in osls 4, each function in worker threads without a limit; both take the requests of AWS’s Invoke from the same client',
        'a cold start is the first call of a function there, and one after an eviction here',
      ],
    }
  } finally {
    await rival.end()
  }
}

interface Both {
  readonly http: HttpBench
  readonly sandlot: Target
  readonly rival: ServerlessOffline
}

async function coldFigures(
  bench: Bench,
  rounds: number,
  { http, sandlot, rival }: Both,
): Promise<Figure[]> {
  const once = { clients: 1, warmUpCalls: 0, until: { calls: 1 } } as const
  const unused = [...rival.cold]
  const given = await inRounds(bench, rounds, {
    sandlot: async () => {
      await fetch(`${sandlot.origin}/_sandlot/evict`, { method: 'POST' })
      return (await http.call(sandlot, once)).p50Ms
    },
    rival: async () => (await http.call(unused.pop() as Target, once)).p50Ms,
  })
  return [
    figure('Sandlot, cold start over HTTP', 'ms', given.sandlot),
    figure('serverless-offline, cold start over HTTP', 'ms', given.rival),
  ]
}

async function aloneFigures(
  bench: Bench,
  rounds: number,
  { http, sandlot, rival }: Both,
): Promise<Figure[]> {
  const given = await inRounds(bench, rounds, {
    sandlot: async () => (await http.call(sandlot, alone(CALLS))).p50Ms,
    rival: async () => (await http.call(rival.warm, alone(CALLS))).p50Ms,
  })
  return [
    figure('Sandlot, warm, one client, p50', 'ms', given.sandlot),
    figure('serverless-offline, warm, one client, p50', 'ms', given.rival),
  ]
}

async function crowdFigures(
  bench: Bench,
  rounds: number,
  { http, sandlot, rival }: Both,
): Promise<Figure[]> {
  const order = crowd(bench.count(4_000, 2_000))
  const given = await inRounds(bench, rounds, {
    sandlot: () => http.call(sandlot, order),
    rival: () => http.call(rival.warm, order),
  })
  const rates = (of: 'sandlot' | 'rival'): number[] => given[of].map(({ perSecond }) => perSecond)
  const middles = (of: 'sandlot' | 'rival'): number[] => given[of].map(({ p50Ms }) => p50Ms)
  const tails = (of: 'sandlot' | 'rival'): number[] => given[of].map(tailOf)
  return [
    figure(`Sandlot, ${CLIENTS} clients`, 'per second', rates('sandlot')),
    figure(`serverless-offline, ${CLIENTS} clients`, 'per second', rates('rival')),
    figure('Sandlot against it', 'times', ratios(rates('sandlot'), rates('rival')), {
      atLeast: 10,
    }),
    figure(`Sandlot, ${CLIENTS} clients, p50`, 'ms', middles('sandlot')),
    figure(`serverless-offline, ${CLIENTS} clients, p50`, 'ms', middles('rival')),
    figure(`Sandlot, ${CLIENTS} clients, p99`, 'ms', known(tails('sandlot'))),
    figure(`serverless-offline, ${CLIENTS} clients, p99`, 'ms', known(tails('rival'))),
    figure('Sandlot against it, p99', 'times', known(ratios(tails('sandlot'), tails('rival'))), {
      atMost: 0.1,
    }),
  ]
}

const tailOf = ({ p99Ms }: HttpReport): number => p99Ms ?? Number.NaN
const known = (values: readonly number[]): number[] =>
  values.filter((value) => !Number.isNaN(value))

async function againstLambdaLocal(bench: Bench, folder: string): Promise<Measured> {
  const emulator = await bench.open()
  await emulator.deploy(hello())
  await invoke(emulator, 'hello', 'cold')
  const caller = bench.start('lambda-local-caller.ts', {
    args: [folder, join(HANDLERS, 'hello.mjs')],
  })
  try {
    const given = await inRounds(bench, bench.count(10, 3), {
      sandlot: () => medianCall(CALLS, () => timed(() => invoke(emulator, 'hello', 'warm'))),
      rival: () => caller.ask<number>({ calls: CALLS }),
    })
    return {
      figures: [
        figure('Sandlot, warm, by the library', 'ms', given.sandlot),
        figure('lambda-local, by the library', 'ms', given.rival),
      ],
      notes: [
        'lambda-local 2 calls the handler in the caller’s own process: no sandbox, no limit, no cold start, one call at a time',
      ],
    }
  } catch (error) {
    return { figures: [], notes: [`lambda-local does not run here: ${error}`] }
  }
}
