import { fileURLToPath } from 'node:url'
import { decodeFromCompressedBase64 } from 'hdr-histogram-js'
import { plannedInstants } from '../../../cli/measure/load/arrivals.ts'
import { load } from '../../../cli/measure/load/load.ts'
import type { OpenWorkload, Spacing } from '../../../cli/measure/load/workload.ts'
import type { LoadResult } from '../../../cli/measure/results/load-result.ts'
import { type Random, seededRandom } from '../../../runtime/kernel/random.ts'
import type { PlatformEvent } from '../../../runtime/telemetry/platform-events.ts'

export const SERVERS = 10
export const PER_SECOND = 200

/** A load test of ten sandboxes that would have to be twenty, and for how long each was taken. */
export interface Queueing {
  readonly result: LoadResult
  readonly workload: OpenWorkload
  /** How long each was in a sandbox, cold ones first, with their init: a little less than it was held. */
  readonly insideMs: readonly number[]
  /** Mean time from send to answer: a little more than that. */
  readonly meanOutsideMs: number
  /** Most invocations that ran at the same time, by START and REPORT. */
  readonly mostAtOnce: number
}

const HANDLERS = fileURLToPath(new URL('../../fixtures/handlers/load', import.meta.url))

/** A handler that sleeps for 100 ms, asked 200 times a second, with a reserved concurrency of 10. */
export async function overload(
  spacing: Spacing,
  durationMs: number,
  seed: number,
): Promise<Queueing> {
  const workload: OpenWorkload = {
    loop: 'open',
    durationMs,
    rate: { kind: 'constant', perSecond: PER_SECOND },
    spacing,
  }
  const events: PlatformEvent[] = []
  const result = await load(
    {
      target: {
        kind: 'function',
        label: 'sleeps',
        input: {
          name: 'sleeps',
          handler: 'sleeps.handler',
          rootDir: HANDLERS,
          reservedConcurrency: SERVERS,
          timeoutMs: 30_000,
        },
        payload: '{"ms":100}',
        cpu: 'unlimited',
        rates: 'unlimited',
        accountConcurrency: 1_000,
      },
      workload,
      seed,
      maxInFlight: 10_000,
      allowDrops: false,
      region: 'us-east-1',
    },
    { onEmulator: (emulator) => emulator.onEvent((event) => events.push(event)) },
  )
  return {
    result,
    workload,
    insideMs: timesInside(events),
    meanOutsideMs: meanServiceMs(result),
    mostAtOnce: mostAtOnce(events),
  }
}

function timesInside(events: readonly PlatformEvent[]): number[] {
  return events
    .flatMap((event) => (event.type === 'platform.report' ? [event.report] : []))
    .map(({ durationMs, initDurationMs = 0 }) => ({
      ms: durationMs + initDurationMs,
      initDurationMs,
    }))
    .sort((a, b) => b.initDurationMs - a.initDurationMs)
    .map(({ ms }) => ms)
}

function meanServiceMs({ answered }: LoadResult): number {
  return decodeFromCompressedBase64(answered.serviceMs.histogram).mean / 1_000
}

function mostAtOnce(events: readonly PlatformEvent[]): number {
  let [running, most] = [0, 0]
  for (const { type } of events) {
    if (type === 'platform.start') running += 1
    if (type === 'platform.report') running -= 1
    most = Math.max(most, running)
  }
  return most
}

/** Erlang's B: the share that is refused when Poisson arrivals find `servers` for an offered load. */
export function erlangB(servers: number, offered: number): number {
  let inverse = 1
  for (let server = 1; server <= servers; server += 1) inverse = 1 + (inverse * server) / offered
  return 1 / inverse
}

/**
 * What is to be expected of so many seconds that begin with empty sandboxes: the same queue as
 * arithmetic, for the planned instants of many seeds, in which each request holds a server for as
 * long as one of those that were measured. The mean of the shares refused, and their deviation.
 */
export function simulateRefused({ workload, insideMs }: Queueing, times: number) {
  const shares = Array.from({ length: times }, (_, seed) =>
    refusedShare(plannedInstants(workload, seededRandom(seed)), insideMs, seededRandom(-seed - 1)),
  )
  const mean = shares.reduce((sum, share) => sum + share, 0) / times
  const variance = shares.reduce((sum, share) => sum + (share - mean) ** 2, 0) / (times - 1)
  return { mean, deviation: Math.sqrt(variance) }
}

function refusedShare(
  instants: Iterable<number>,
  insideMs: readonly number[],
  random: Random,
): number {
  const freeAtMs = new Array<number>(SERVERS).fill(0)
  const coldMs = insideMs.slice(0, SERVERS)
  const warmMs = insideMs.slice(SERVERS)
  let [all, refused] = [0, 0]
  for (const atMs of instants) {
    all += 1
    const server = freeAtMs.findIndex((freeMs) => freeMs <= atMs)
    if (server < 0) refused += 1
    // The first visit of a server is a cold start.
    else if (freeAtMs[server] === 0) freeAtMs[server] = atMs + (coldMs.pop() ?? 0)
    else freeAtMs[server] = atMs + (warmMs[Math.floor(random.next() * warmMs.length)] ?? 0)
  }
  return refused / all
}
