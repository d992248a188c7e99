import { newSandboxId } from '../../runtime/kernel/ids.ts'
import { seededRandom } from '../../runtime/kernel/random.ts'
import {
  NO_RATES,
  NO_RECYCLING,
  type SchedulerOptions,
} from '../../runtime/scheduler/scheduler-options.ts'

const SECOND = 1_000_000

/** Limits that are far away, so that a test sets those that it is about. */
export function schedulerOptions(changes: Partial<SchedulerOptions> = {}): SchedulerOptions {
  const random = seededRandom(1)
  return {
    accountLimit: 10,
    memoryBudgetMb: 10_000,
    maxParallelStarts: 4,
    initTimeoutUs: 10 * SECOND,
    provisionedInitTimeoutUs: 130 * SECOND,
    freezeDelayUs: 5_000,
    keepAlive: { kind: 'fixed', lifetimeUs: 600 * SECOND },
    reuse: 'most-recent',
    recycling: NO_RECYCLING,
    rates: NO_RATES,
    random,
    newSandboxId: () => newSandboxId(random),
    ...changes,
  }
}
