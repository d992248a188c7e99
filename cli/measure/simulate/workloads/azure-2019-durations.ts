import { msToUs } from '../../../../runtime/kernel/units.ts'
import { between, type Draw } from '../../../../runtime/simulation/draws.ts'
import type { LatencyModel } from '../../../../runtime/simulation/workload.ts'
import { counted } from '../../../report/counted.ts'
import { withRunTime } from '../profiles/with-times.ts'
import { ID_COLUMNS } from './azure-2019-invocations.ts'
import { type CsvRow, numberOf, openTable, rowsOf } from './csv-table.ts'
import { problemAt } from './file-problem.ts'
import type { FunctionId } from './function-names.ts'

interface TraceDurations {
  /** Of a function: with its own run time where the trace tells it, else as the profile says. */
  latency(fn: number, profile: LatencyModel): LatencyModel
  readonly notes: readonly string[]
}

const PERCENTS = [0, 1, 25, 50, 75, 99, 100] as const
const COLUMNS = PERCENTS.map((percent) => `percentile_Average_${percent}`)

/**
 * Run times, without cold start, by their percentiles; between two of them evenly. The trace has the
 * percentiles of averages over 30 s, so that functions invoked often vary less than they did. A row
 * with negative or falling percentiles is skipped.
 *
 * @param path absent: all run as the profile says.
 */
export function readDurations(
  path: string | undefined,
  ids: readonly FunctionId[],
): TraceDurations {
  if (path === undefined) return { latency: (_fn, profile) => profile, notes: [] }
  const table = openTable(path, [...ID_COLUMNS, ...COLUMNS])
  const wanted = new Map(ids.map(({ key }, fn) => [key, fn]))
  const ofFunction = new Map<number, readonly number[]>()
  let impossible = 0
  for (const row of rowsOf(table)) {
    const timesMs = COLUMNS.map((name, index) => timeMs(path, row, ID_COLUMNS.length + index, name))
    const fn = wanted.get(row.fields.slice(0, ID_COLUMNS.length).join('/'))
    if (!isPossible(timesMs)) impossible += 1
    else if (fn !== undefined) ofFunction.set(fn, timesMs)
  }
  const without = ids.length - ofFunction.size
  return {
    latency: (fn, profile) => {
      const timesMs = ofFunction.get(fn)
      if (timesMs === undefined) return profile
      return withRunTime(profile, drawOf(timesMs))
    },
    notes: [
      ...(impossible > 0
        ? [`${counted(impossible, 'row')} of ${path}: negative or falling percentiles`]
        : []),
      ...(without > 0
        ? [`no row in ${path} for ${counted(without, 'function')}: run times of the profile`]
        : []),
    ],
  }
}

const isPossible = (timesMs: readonly number[]): boolean =>
  timesMs.every((ms, index) => ms >= (timesMs[index - 1] ?? 0))

/** Its place among the percentiles is drawn, and the time is on the straight line between two. */
const drawOf =
  (timesMs: readonly number[]): Draw =>
  (random) => {
    const percent = random.next() * 100
    let index = 0
    while (percent >= (PERCENTS[index + 1] ?? 100)) index += 1
    const [from, to] = [PERCENTS[index] ?? 0, PERCENTS[index + 1] ?? 100]
    return msToUs(between(timesMs, index + (percent - from) / (to - from)))
  }

function timeMs(path: string, { line, fields }: CsvRow, field: number, name: string): number {
  const ms = numberOf(fields[field] ?? '')
  if (ms !== undefined) return ms
  throw problemAt(path, line, `${name} is '${fields[field]}': must be milliseconds`)
}
