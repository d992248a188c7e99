import { US_PER_SECOND } from '../../../../runtime/kernel/units.ts'
import type {
  Arrival,
  LatencyModel,
  SimulatedFunction,
  SimulatedWorkload,
} from '../../../../runtime/simulation/workload.ts'
import { counted } from '../../../report/counted.ts'
import { type CsvRow, numberOf, openTable, rowsOf } from './csv-table.ts'
import { problemAt } from './file-problem.ts'
import { FunctionNames } from './function-names.ts'
import { type Take, takenNumbers, takenText } from './take-rows.ts'

export interface Azure2021Input {
  readonly path: string
  /** Of the functions, in the order in which they first come in the file. */
  readonly take: Take
  readonly seed: number
  /** Of every function: the trace does not tell it. */
  readonly memoryMb: number
  readonly timeoutUs: number
  /** Cold starts, which the trace does not tell. */
  readonly profile: LatencyModel
}

/**
 * The Azure Functions trace of 2021 ("Azure Functions Invocation Trace 2021", AzurePublicDataset,
 * revision 1). Each row is an invocation with its end and duration, seconds, in any order: it came at
 * its end less its duration. All are held, some thirty bytes each. Those that came before the trace
 * begins are skipped, counted.
 *
 * @throws UsageError naming file and line: a file that cannot be read or has no invocations, columns
 *   that are not there, a row with too few or too many columns, times that are no numbers or negative.
 */
export function readAzure2021(input: Azure2021Input): SimulatedWorkload {
  const { path, take, seed, memoryMb, timeoutUs, profile } = input
  const rows = readRows(path)
  const { instantsUs, runsUs, fns, early } = rows
  const taken = [...takenNumbers(take, rows.names.size, seed)].sort((a, b) => a - b)
  const order = orderOf(rows, new Set(taken))
  const places = new Map(taken.map((fn, place) => [fn, place]))
  const lastUs = instantsUs[order.at(-1) ?? 0] ?? 0
  const durationUs = (Math.floor(lastUs / US_PER_SECOND) + 1) * US_PER_SECOND
  const functionOf = (fn: number): SimulatedFunction => ({
    name: rows.names.all[fn]?.name ?? '',
    memoryMb,
    timeoutUs,
    reserved: undefined,
    provisioned: 0,
    latency: profile,
  })
  const functions = taken.map(functionOf)
  return {
    text: textOf(takenText(take, functions.length), order.length, durationUs),
    functions,
    arrivals: function* (): Generator<Arrival> {
      for (const row of order) {
        const fn = places.get(fns[row] ?? 0) ?? 0
        yield { atUs: instantsUs[row] ?? 0, fn, runUs: runsUs[row] }
      }
    },
    planned: order.length,
    durationUs,
    skipped:
      early === 0 ? [] : [`${counted(early, 'row')} of ${path}: came before the trace begins`],
  }
}

const textOf = (functions: string, invocations: number, durationUs: number): string => {
  const seconds = durationUs / US_PER_SECOND
  const time = seconds < 3_600 ? `${seconds} s` : `${(seconds / 3_600).toFixed(1)} h`
  return `Azure Functions trace of 2021: ${functions}, ${counted(invocations, 'invocation')} in ${time}`
}

interface Rows {
  readonly names: FunctionNames
  /** Of each invocation; microseconds from the beginning of the trace. */
  readonly instantsUs: readonly number[]
  readonly runsUs: readonly number[]
  /** Index into `names`. */
  readonly fns: readonly number[]
  readonly early: number
}

function readRows(path: string): Rows {
  const names = new FunctionNames()
  const [instantsUs, runsUs, fns]: [number[], number[], number[]] = [[], [], []]
  let early = 0
  for (const row of rowsOf(openTable(path, ['app', 'func', 'end_timestamp', 'duration']))) {
    const [app = '', func = ''] = row.fields
    const runUs = timeUs(path, row, 3, 'duration')
    const atUs = timeUs(path, row, 2, 'end_timestamp') - runUs
    if (atUs < 0) {
      early += 1
      continue
    }
    fns.push(names.indexOf([app, func]))
    instantsUs.push(atUs)
    runsUs.push(runUs)
  }
  if (fns.length === 0) throw problemAt(path, 1, 'has no invocations')
  return { names, instantsUs, runsUs, fns, early }
}

function timeUs(path: string, { line, fields }: CsvRow, field: number, name: string): number {
  const text = fields[field] ?? ''
  const seconds = numberOf(text)
  if (seconds !== undefined && seconds >= 0) return Math.round(seconds * US_PER_SECOND)
  throw problemAt(path, line, `${name} is '${text}': must be seconds from 0 up`)
}

/** Rows of these functions by their instants; of the same instant, as they are in the file. */
function orderOf({ instantsUs, fns }: Rows, taken: ReadonlySet<number>): Uint32Array {
  const rows = [...fns.keys()].filter((row) => taken.has(fns[row] ?? 0))
  return Uint32Array.from(rows).sort((a, b) => (instantsUs[a] ?? 0) - (instantsUs[b] ?? 0) || a - b)
}
