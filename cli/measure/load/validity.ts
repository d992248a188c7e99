import type { Distribution } from '../results/figures.ts'
import type { Validity } from '../results/load-result.ts'
import type { GeneratorReport } from './generator-messages.ts'

/** Of the rate that was planned, so much has to be reached. */
const LEAST_ACHIEVED = 0.99
/** So late, as a share of the median response, may the latest hundredth of the requests be sent. */
const MOST_LAG_SHARE = 0.1
/** Nobody who shares a machine with others is more punctual than this; it is a timer's tick. */
const MOST_LAG_MS = 1
/** The delay of an event loop is measured with a timer, which may be a tick late by itself. */
const MOST_DELAY_MS = 2

export interface ValiditySettings {
  /** Planned for the sending. */
  readonly durationMs: number
  readonly allowDrops: boolean
}

/**
 * Whether the generator kept to its plan.
 *
 * - It was punctual: 99 of 100 requests were sent no later than 1 ms, or a tenth of the median
 *   response where that is more, after they were due. Of fewer than 1,000 requests it is 90 of 100,
 *   of fewer than 100 half of them: what lies beyond is chance.
 * - It saw answers when they came: its event loop was no later than 2 ms, or a tenth of the median
 *   response where that is more, in 99 of 100 looks.
 * - It reached at least 99 % of the planned rate.
 * - It dropped nothing, unless that was allowed.
 *
 * A closed loop has no plan to keep: only the event loop counts, and that anything was sent.
 */
export function validityOf(report: GeneratorReport, settings: ValiditySettings): Validity {
  const { planned, sent, dropped, sendingMs, lagMs, answered } = report
  const plannedMs = report.complete ? settings.durationMs : sendingMs
  const plannedPerSecond = planned === null ? null : perSecond(planned, plannedMs)
  const isPlanned = plannedPerSecond !== null && sent > 0
  const reasons = [
    ...(sent === 0 ? ['nothing was sent'] : []),
    ...(isPlanned ? lateness(lagMs, answered.responseMs.p50) : []),
    ...(sent > 0 ? slackness(report) : []),
    ...(isPlanned ? slowness(perSecond(sent + dropped, sendingMs), plannedPerSecond) : []),
    ...(dropped > 0 && !settings.allowDrops ? [`${many(dropped)} requests were not sent`] : []),
  ]
  return {
    valid: reasons.length === 0,
    reasons,
    plannedPerSecond,
    achievedPerSecond: perSecond(sent, sendingMs),
    lagMs,
    eventLoopDelayMs: report.eventLoopDelayMs,
    generatorCpu: report.cpu,
    dropped,
  }
}

function lateness({ p99, p90, p50 }: Distribution, responseP50: number | null): string[] {
  const [lag, share] = p99 !== null ? [p99, '1 %'] : p90 !== null ? [p90, '10 %'] : [p50, '50 %']
  const allowedMs = Math.max(MOST_LAG_MS, MOST_LAG_SHARE * (responseP50 ?? 0))
  if (lag === null || lag <= allowedMs) return []
  return [
    `${share} of the requests were sent ${lag.toFixed(2)} ms late or more; ${allowedMs.toFixed(2)} ms are allowed`,
  ]
}

function slackness({ eventLoopDelayMs: { p99 }, answered }: GeneratorReport): string[] {
  const allowedMs = Math.max(MOST_DELAY_MS, MOST_LAG_SHARE * (answered.responseMs.p50 ?? 0))
  if (p99 <= allowedMs) return []
  return [
    `answers were seen late: the event loop by p99 ${p99.toFixed(2)} ms; ${allowedMs.toFixed(2)} ms are allowed`,
  ]
}

function slowness(achieved: number, planned: number): string[] {
  if (achieved >= LEAST_ACHIEVED * planned) return []
  return [`requests were sent at ${rate(achieved)}/s and not at ${rate(planned)}/s`]
}

const perSecond = (count: number, ms: number): number => (ms === 0 ? 0 : (count / ms) * 1_000)

const many = (count: number): string => count.toLocaleString('en-US')

const rate = (value: number): string =>
  value.toLocaleString('en-US', { maximumFractionDigits: value < 100 ? 1 : 0 })
