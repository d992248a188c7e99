import { type Random, seededRandom } from '../../../../runtime/kernel/random.ts'
import { msToUs } from '../../../../runtime/kernel/units.ts'
import type {
  Arrival,
  SimulatedFunction,
  SimulatedWorkload,
} from '../../../../runtime/simulation/workload.ts'
import { UsageError } from '../../../exit-codes.ts'
import { counted } from '../../../report/counted.ts'
import { plannedInstants } from '../../load/arrivals.ts'
import type { OpenWorkload, Workload } from '../../load/workload.ts'
import { workloadSummary } from '../../load/workload-text.ts'
import { plannedArrivals } from './planned-arrivals.ts'

interface SyntheticInput {
  readonly workload: Workload
  readonly seed: number
  readonly functions: SyntheticFunctions
}

/** Functions that are all alike but for how often they are invoked. */
export interface SyntheticFunctions {
  readonly count: number
  /** `zipf`: the second is invoked half as often as the first, the third a third as often, … */
  readonly share: 'even' | 'zipf'
  /** Of a single one; several are told apart by a number behind it. */
  readonly name: string
  readonly each: Omit<SimulatedFunction, 'name'>
}

/**
 * The same requests at the same instants as `load` would send for this seed; for which function each
 * is, is drawn.
 *
 * @throws UsageError for a closed loop: there it depends on the answers when requests come.
 */
export function syntheticWorkload({
  workload,
  seed,
  functions,
}: SyntheticInput): SimulatedWorkload {
  if (workload.loop === 'closed') {
    throw new UsageError(
      '--concurrency: a closed loop cannot be simulated yet',
      'Say when requests come: --rate, --ramp, --steps, --burst or --trace.',
    )
  }
  const { count, share, name, each } = functions
  return {
    text: `${workloadSummary(workload, null).text}${sharedText(functions)}`,
    functions: Array.from({ length: count }, (_, index) => ({
      ...each,
      name: count === 1 ? name : `${name}-${index + 1}`,
    })),
    arrivals: () => sharedArrivals(workload, seed, drawOf(count, share)),
    planned: plannedArrivals(workload, seed),
    durationUs: msToUs(workload.durationMs),
    skipped: [],
  }
}

const sharedText = ({ count, share }: SyntheticFunctions): string => {
  if (count === 1) return ''
  return `, over ${counted(count, 'function')}${share === 'zipf' ? ' by a Zipf share' : ''}`
}

function* sharedArrivals(workload: OpenWorkload, seed: number, draw: Draw): Generator<Arrival> {
  // Of its own, so that the instants are those of a single function.
  const chooser = seededRandom(seed ^ CHOOSER)
  for (const instantMs of plannedInstants(workload, seededRandom(seed))) {
    yield { atUs: msToUs(instantMs), fn: draw(chooser) }
  }
}

const CHOOSER = 0x5eed_f00d

type Draw = (random: Random) => number

function drawOf(count: number, share: SyntheticFunctions['share']): Draw {
  if (count === 1) return () => 0
  if (share === 'even') return (random) => Math.floor(random.next() * count)
  const upTo = new Float64Array(count)
  let sum = 0
  for (let rank = 1; rank <= count; rank += 1) {
    sum += 1 / rank
    upTo[rank - 1] = sum
  }
  return (random) => firstAbove(upTo, random.next() * sum)
}

/** Index of the first that is greater, of ascending values of which the last is. */
function firstAbove(ascending: Float64Array, value: number): number {
  let [low, high] = [0, ascending.length - 1]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((ascending[middle] ?? 0) > value) high = middle
    else low = middle + 1
  }
  return low
}
