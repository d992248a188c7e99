import { readFileSync } from 'node:fs'
import { seededRandom } from '../../../../runtime/kernel/random.ts'
import { msToUs, secondsToMs, US_PER_SECOND } from '../../../../runtime/kernel/units.ts'
import {
  constantDraw,
  type Draw,
  empiricalDraw,
  quantileDraw,
} from '../../../../runtime/simulation/draws.ts'
import type {
  LatencyModel,
  SimulatedFunction,
  SimulatedWorkload,
} from '../../../../runtime/simulation/workload.ts'
import { UsageError } from '../../../exit-codes.ts'
import { counted } from '../../../report/counted.ts'
import { plannedInstants } from '../../load/arrivals.ts'
import { traceLengthMs } from '../../load/trace-file.ts'
import type { OpenWorkload, Rate } from '../../load/workload.ts'
import { withColdStart, withRunTime } from '../profiles/with-times.ts'
import { problemAt, unreadable } from './file-problem.ts'
import { jsonErrorLine } from './json-error-line.ts'
import { mergeArrivals } from './merge-arrivals.ts'
import { plannedArrivals } from './planned-arrivals.ts'
import {
  type ArrivalsEntry,
  type FunctionEntry,
  type TimeEntry,
  type WorkloadFile,
  workloadFileSchema,
} from './workload-file-schema.ts'

interface WorkloadFileInput {
  readonly path: string
  readonly seed: number
  /** For functions of which the file tells no run time, or no cold start. */
  readonly profile: LatencyModel
}

/**
 * A workload that a person has written down, JSON:
 *
 *     { "durationSeconds": 600, "functions": [
 *       { "name": "api", "memoryMb": 512, "timeoutSeconds": 10, "reserved": 20, "provisioned": 5,
 *         "runMs": { "p50": 12, "p90": 30, "p99": 90 }, "coldStartMs": [210, 198, 240],
 *         "arrivals": { "kind": "poisson", "perSecond": 40 } } ] }
 *
 * Arrivals are `constant`, `poisson`, `ramp`, `steps` or `burst`, with the meaning that they have in
 * `load`; or `instants` in milliseconds, or `counts` per second or minute. Each function draws for
 * itself. What is left out is Lambda's default, or the profile's. Without a duration it is that of the
 * longest trace.
 *
 * @throws UsageError naming the file and what is wrong where: the line if it is not JSON, else the
 *   place, such as `functions[2].memoryMb`.
 */
export function readWorkloadFile({ path, seed, profile }: WorkloadFileInput): SimulatedWorkload {
  const file = parsed(path)
  const durationMs = durationOf(file, path)
  checkBursts(file, durationMs, path)
  const random = seededRandom(seed)
  const plans = file.functions.map(({ arrivals }) => ({
    workload: openWorkload(arrivals, durationMs),
    seed: Math.floor(random.next() * SEEDS),
  }))
  const planned = plans.map((plan) => plannedArrivals(plan.workload, plan.seed))
  const streams = () =>
    plans.map((plan) => microseconds(plannedInstants(plan.workload, seededRandom(plan.seed))))
  const many = counted(plans.length, 'function')
  return {
    text: `${many} of ${path} for ${(durationMs / 1_000).toLocaleString('en-US')} s`,
    functions: file.functions.map((entry) => functionOf(entry, profile)),
    arrivals: () => mergeArrivals(streams()),
    planned: planned.reduce<number | undefined>(added, 0),
    durationUs: msToUs(durationMs),
    skipped: [],
  }
}

const SEEDS = 2 ** 32

const added = (a: number | undefined, b: number | undefined): number | undefined =>
  a === undefined || b === undefined ? undefined : a + b

function* microseconds(instantsMs: Iterable<number>): Generator<number> {
  for (const ms of instantsMs) yield msToUs(ms)
}

function parsed(path: string): WorkloadFile {
  const text = contentOf(path)
  const { data, error } = workloadFileSchema.safeParse(jsonOf(path, text))
  if (data !== undefined) return data
  const [issue] = error.issues
  // Keys that are none are told of where they are.
  const [key] = issue?.code === 'unrecognized_keys' ? issue.keys : []
  const place = [...(issue?.path ?? []), ...(key === undefined ? [] : [key])]
  const what = key === undefined ? issue?.message : 'there is nothing of that name'
  throw new UsageError(`${path}: ${place.length === 0 ? '' : `${placeText(place)}: `}${what}`)
}

function contentOf(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw unreadable(path, error)
  }
}

function jsonOf(path: string, text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    const what = text.trim() === '' ? 'is empty' : 'is not JSON from here on'
    throw problemAt(path, jsonErrorLine(text), `${what}: a workload as JSON was expected`)
  }
}

/** `functions[2].memoryMb`. */
const placeText = (place: readonly PropertyKey[]): string =>
  place
    .map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`))
    .join('')
    .replace(/^\./, '')

function durationOf({ durationSeconds, functions }: WorkloadFile, path: string): number {
  if (durationSeconds !== undefined) return secondsToMs(durationSeconds)
  const lengthsMs = functions.map(({ arrivals }, index) => {
    const rate = rateOf(arrivals)
    if (rate.kind === 'trace') return traceLengthMs(rate.trace)
    const reason = `functions[${index}].arrivals has no end by itself`
    throw new UsageError(`${path}: durationSeconds: must be there, since ${reason}`)
  })
  return Math.max(...lengthsMs)
}

function checkBursts({ functions }: WorkloadFile, durationMs: number, path: string): void {
  for (const [index, { arrivals }] of functions.entries()) {
    if (arrivals.kind !== 'burst' || secondsToMs(arrivals.everySeconds) < durationMs) continue
    const what = `the first burst would come when the ${durationMs / 1_000} s are over`
    throw new UsageError(`${path}: functions[${index}].arrivals.everySeconds: ${what}`)
  }
}

function openWorkload(arrivals: ArrivalsEntry, durationMs: number): OpenWorkload {
  const isPoisson =
    arrivals.kind === 'poisson' || ('spacing' in arrivals && arrivals.spacing === 'poisson')
  const spacing = isPoisson ? 'poisson' : 'even'
  return { loop: 'open', durationMs, rate: rateOf(arrivals), spacing }
}

function rateOf(arrivals: ArrivalsEntry): Rate {
  switch (arrivals.kind) {
    case 'constant':
    case 'poisson':
      return { kind: 'constant', perSecond: arrivals.perSecond }
    case 'ramp':
      return {
        kind: 'ramp',
        fromPerSecond: arrivals.fromPerSecond,
        toPerSecond: arrivals.toPerSecond,
      }
    case 'steps':
      return { kind: 'step', perSecond: arrivals.perSecond }
    case 'burst': {
      const { perSecond, size, everySeconds } = arrivals
      return { kind: 'burst', perSecond, size, everyMs: secondsToMs(everySeconds) }
    }
    case 'instants':
      return { kind: 'trace', trace: { kind: 'instants', instantsMs: arrivals.ms } }
    case 'counts': {
      const bucketMs = arrivals.per === 'minute' ? 60_000 : 1_000
      return { kind: 'trace', trace: { kind: 'counts', bucketMs, counts: arrivals.counts } }
    }
  }
}

function functionOf(entry: FunctionEntry, profile: LatencyModel): SimulatedFunction {
  const { name, memoryMb, timeoutSeconds, reserved, provisioned, runMs, coldStartMs } = entry
  const started =
    coldStartMs === undefined ? profile : withColdStart(profile, drawOf(coldStartMs, 'cold starts'))
  return {
    name,
    memoryMb,
    timeoutUs: timeoutSeconds * US_PER_SECOND,
    reserved,
    provisioned,
    latency: runMs === undefined ? started : withRunTime(started, drawOf(runMs, 'runs')),
  }
}

function drawOf(entry: TimeEntry, what: string): Draw {
  if (typeof entry === 'number') return constantDraw(msToUs(entry))
  if (Array.isArray(entry)) return empiricalDraw(entry.map(msToUs), what)
  const { p50, p90, p99 } = entry
  return quantileDraw({ p50: msToUs(p50), p90: msToUs(p90), p99: msToUs(p99) }, what)
}
