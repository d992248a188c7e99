import type { PolicyResult, SimulateResult } from '../../measure/results/simulate-result.ts'
import type { Colours } from '../colours.ts'
import { NOT_SUPPORTED } from '../format.ts'
import { simulateCourses } from './simulate-courses.ts'
import { capacityTable, coldTable, costTable, countLines } from './simulate-tables.ts'
import { timeText } from './time-text.ts'

/** All that came of a simulation, as text of at most 100 columns. */
export function simulateReport(result: SimulateResult, paint: Colours): string {
  const { policies } = result
  const parts = [
    coldTable(policies, paint),
    capacityTable(policies, paint),
    countLines(policies, paint).join('\n'),
    simulateCourses(policies, paint),
    costTable(policies, paint),
    [...incompleteLines(policies, paint), ...notes(result, paint)].join('\n'),
  ].map((part) => part.replaceAll(/ +$/gm, ''))
  return parts.filter((part) => part !== '').join('\n\n')
}

function incompleteLines(policies: readonly PolicyResult[], paint: Colours): string[] {
  return policies
    .filter(({ complete }) => !complete)
    .map(({ policy, outcome }) =>
      paint.yellow(`${policy}: only the first ${timeText(outcome.simulatedMs)} were simulated`),
    )
}

function notes({ policies, region }: SimulateResult, paint: Colours): string[] {
  const [first] = policies
  const shown = [coldTable, capacityTable].map((of) => of(policies, paint)).join('')
  const isOfFunctions = shown.includes('functions p50')
  return [
    'simulated by the code that schedules real sandboxes; only CPU s and decisions/s are measured',
    ...(isOfFunctions
      ? ["functions: each function's own share of cold starts, over those that were invoked"]
      : []),
    'p50, p90, p99: what callers waited, of all that ran or of those that started cold',
    'idle GB-s: memory of sandboxes that did nothing, times how long; Lambda does not bill it',
    `cost: ${region}, x86_64, prices of ${first?.cost.pricesAsOf}, no free tier`,
    ...(shown.includes(NOT_SUPPORTED) ? ['–  too few samples for ten to lie beyond it'] : []),
  ].map((line) => paint.dim(line))
}
