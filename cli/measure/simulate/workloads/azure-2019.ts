import { seededRandom } from '../../../../runtime/kernel/random.ts'
import { US_PER_SECOND } from '../../../../runtime/kernel/units.ts'
import type {
  LatencyModel,
  SimulatedFunction,
  SimulatedWorkload,
} from '../../../../runtime/simulation/workload.ts'
import { counted } from '../../../report/counted.ts'
import { readDurations } from './azure-2019-durations.ts'
import { type Azure2019Day, readInvocations } from './azure-2019-invocations.ts'
import { readMemory } from './azure-2019-memory.ts'
import { type Take, takenText } from './take-rows.ts'

export interface Azure2019Input {
  /** `invocations_per_function_md.anon.d01.csv`: functions, and how often each came in each minute. */
  readonly invocations: string
  /** `function_durations_percentiles.anon.d01.csv`; without it all run as the profile says. */
  readonly durations?: string | undefined
  /** `app_memory_percentiles.anon.d01.csv`; without it all have `memoryMb`. */
  readonly memory?: string | undefined
  readonly take: Take
  /** Also a file that does not have all minutes of a day. */
  readonly partOfDay: boolean
  readonly seed: number
  /** Where the trace tells none. */
  readonly memoryMb: number
  readonly timeoutUs: number
  /** Cold starts, which the trace does not tell; and run times where it does not tell them. */
  readonly profile: LatencyModel
}

/**
 * A day of the Azure Functions trace of 2019 ("Azure Functions Trace 2019", AzurePublicDataset,
 * revision 2). It has counts of each minute: an invocation comes at any instant of its minute, drawn
 * by the seed. Azure keeps whole applications; here each function has sandboxes of its own, as on
 * Lambda, and of its application the most memory that it was seen to take.
 *
 * @throws UsageError naming file and line: a file that cannot be read or is empty, columns that are
 *   not there, a day cut short, a row with too few or too many columns, counts that are no whole
 *   numbers from 0 up, figures that are no numbers. Rows whose figures cannot be are skipped, counted.
 */
export function readAzure2019(input: Azure2019Input): SimulatedWorkload {
  const { invocations, take, partOfDay, seed, memoryMb, timeoutUs, profile } = input
  const day = readInvocations({ path: invocations, take, partOfDay, seed })
  const durations = readDurations(input.durations, day.functionIds)
  const memory = readMemory(input.memory, day.functionIds, memoryMb)
  const functions = day.functionIds.map(
    ({ name }, fn): SimulatedFunction => ({
      name,
      memoryMb: memory.megabytes(fn),
      timeoutUs,
      reserved: undefined,
      provisioned: 0,
      latency: durations.latency(fn, profile),
    }),
  )
  return {
    text: textOf(day, take),
    functions,
    arrivals: () => day.counts.arrivals(functions.length, seededRandom(seed)),
    planned: day.counts.total,
    durationUs: day.minutes * 60 * US_PER_SECOND,
    skipped: [...day.notes, ...durations.notes, ...memory.notes],
  }
}

function textOf({ functionIds, minutes, counts }: Azure2019Day, take: Take): string {
  const functions = takenText(take, functionIds.length)
  const time = minutes % 60 === 0 ? `${minutes / 60} h` : `${minutes} min`
  return `Azure Functions trace of 2019: ${functions}, ${counted(counts.total, 'invocation')} in ${time}`
}
