import { US_PER_MS } from '../../kernel/units.ts'

/** What a process tree may use. */
export interface CpuLimit {
  /** CPU time per time; more than 1 means more than one CPU. */
  readonly share: number
  /** CPUs of the machine. */
  readonly cpus: number
}

/** Where a tree stands with its CPU time. Times in microseconds. */
export interface CpuBudget {
  /** CPU time left in this period; negative when overdrawn. */
  readonly leftUs: number
  /** When the next period begins, and with it the next ration. */
  readonly periodEndUs: number
  /** Whether it has to stand still until the next look. */
  readonly isStopped: boolean
  readonly lookedUs: number
  /** Since when nothing was spent. */
  readonly quietSinceUs: number
  /** When all its threads are due to be looked at, not only the busy ones. */
  readonly allDueUs: number
  readonly nextLookUs: number
}

export const PERIOD_US = 20 * US_PER_MS

/**
 * Beyond this, what was overdrawn is forgiven: it was not the tree that ran away but the look that
 * came late, and a handler that stands still for seconds would be a worse lie than a quick one.
 */
const MAX_DEBT_PERIODS = 10

const SHORTEST_LOOK_US = US_PER_MS
const LONGEST_LOOK_US = 10 * US_PER_MS
const LONGEST_ALL_US = 4 * PERIOD_US

/** At the start of a period, with a full ration. */
export const fullBudget = (nowUs: number, { share }: CpuLimit): CpuBudget => ({
  leftUs: share * PERIOD_US,
  periodEndUs: nowUs + PERIOD_US,
  isStopped: false,
  lookedUs: nowUs,
  quietSinceUs: nowUs,
  allDueUs: nowUs,
  nextLookUs: nowUs + SHORTEST_LOOK_US,
})

/**
 * Decides whether a process tree runs or stands still, and when to look again. It follows the kernel's
 * bandwidth control: every period of 20 ms brings a ration of CPU time, and what is not used of it is
 * lost. Figures come late (the kernel counts in ticks, timers in milliseconds), so a tree regularly
 * spends more than it had; that is taken off the next rations, which makes the average right.
 *
 * @param seen CPU time spent since the look before.
 */
export function decideDuty(
  before: CpuBudget,
  seen: { readonly nowUs: number; readonly spentUs: number },
  limit: CpuLimit,
): CpuBudget {
  const { nowUs, spentUs } = seen
  const rationUs = limit.share * PERIOD_US
  const ended = Math.max(0, Math.floor((nowUs - before.periodEndUs) / PERIOD_US) + 1)
  const balanceUs = before.leftUs - spentUs + ended * rationUs
  const leftUs = Math.max(Math.min(balanceUs, rationUs), -MAX_DEBT_PERIODS * rationUs)
  const periodEndUs = before.periodEndUs + ended * PERIOD_US
  const quietSinceUs = spentUs > 0 ? nowUs : before.quietSinceUs
  const now = { leftUs, periodEndUs, lookedUs: nowUs, quietSinceUs }
  if (leftUs <= 0) {
    // When the rations have made up for it. Stopped, all its figures are exact: time to read them.
    const recoveredUs = periodEndUs + Math.floor(-leftUs / rationUs) * PERIOD_US
    return { ...now, isStopped: true, allDueUs: nowUs, nextLookUs: recoveredUs }
  }
  const looksAtAll = nowUs >= before.allDueUs
  const quietUs = nowUs - quietSinceUs
  return {
    ...now,
    isStopped: false,
    allDueUs: looksAtAll ? nowUs + clamp(quietUs, PERIOD_US, LONGEST_ALL_US) : before.allDueUs,
    nextLookUs: nextWhileRunning(now, spentUs / (nowUs - before.lookedUs), limit.cpus),
  }
}

type Now = Pick<CpuBudget, 'leftUs' | 'periodEndUs' | 'lookedUs' | 'quietSinceUs'>

/**
 * Not before the budget can be used up at the pace of late, one CPU at least. One that has been quiet
 * is not looked at every millisecond for its small ration: it may begin to run a little unseen.
 */
function nextWhileRunning(now: Now, paceCpus: number, cpus: number): number {
  const usedUpUs = now.leftUs / clamp(paceCpus, 1, cpus)
  const quietUs = now.lookedUs - now.quietSinceUs
  if (quietUs === 0) return now.lookedUs + clamp(usedUpUs, SHORTEST_LOOK_US, untilPeriodEnd(now))
  return (
    now.lookedUs + clamp(usedUpUs, clamp(quietUs / 4, SHORTEST_LOOK_US, LONGEST_LOOK_US), PERIOD_US)
  )
}

const untilPeriodEnd = (now: Now): number =>
  Math.max(now.periodEndUs - now.lookedUs, SHORTEST_LOOK_US)

const clamp = (value: number, least: number, most: number): number =>
  Math.min(Math.max(value, least), most)
