import { expect, type TestContext } from 'vitest'
import { punctual } from './load-punctual.ts'
import { overload, type Queueing, SERVERS } from './load-queueing.ts'

/** Beyond it, arrivals at the controller are no longer those that were planned. */
const MOST_LAG_MS = 40

/** One of which the arrivals came as planned. */
export const punctualOverload = (
  context: TestContext,
  ...[spacing, durationMs, seed]: Parameters<typeof overload>
): Promise<Queueing> =>
  punctual(
    async () => {
      const queueing = await overload(spacing, durationMs, seed)
      checkFacts(queueing)
      return queueing
    },
    ({ result }) => result,
    MOST_LAG_MS,
    context,
  )

/** What holds on every machine, however busy it is. */
function checkFacts({ result, mostAtOnce }: Queueing): void {
  const { outcomes, reconciliation, workload, seconds } = result
  expect(reconciliation?.differences).toEqual([])
  expect(mostAtOnce).toBe(SERVERS)
  expect(outcomes.find(({ outcome }) => outcome === 'cold')?.count).toBe(SERVERS)
  const others = outcomes.filter(({ outcome }) => outcome !== 'cold' && outcome !== 'warm')
  expect(others.map(({ outcome, reason }) => [outcome, reason])).toEqual([
    ['throttle', 'ReservedFunctionConcurrentInvocationLimitExceeded'],
  ])
  const all = outcomes.reduce((sum, { count }) => sum + count, 0)
  expect(all).toBe(workload.planned)
  const inRows = seconds.reduce((sum, row) => sum + row.cold + row.warm + row.throttled, 0)
  expect(inRows).toBe(all)
}

/** By the controller's own counts. */
export function ranAndRefused({ result }: Queueing): { ran: number; refused: number } {
  const count = (name: string): number =>
    result.reconciliation?.rows.find(({ what }) => what === name)?.controller ?? 0
  return { ran: count('ran'), refused: count('throttled') }
}

export const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length
